"""Why something cannot be done, and what to do about it, in Portuguese and in English."""

REFUSALS: dict[str, tuple[str, str]] = {
    # Who is asking
    "sign_in_needed": ("Entre na sua conta para continuar.", "Sign in to continue."),
    "session_ended": ("Sua sessão terminou. Entre novamente.", "Your session has ended. Sign in again."),
    "bad_credentials": ("E-mail ou senha incorretos.", "Wrong e-mail or password."),
    "bad_token": ("O token não é válido ou expirou.", "The token is not valid or has expired."),
    "not_allowed": ("Você não tem permissão para isso.", "You are not allowed to do this."),
    "csrf_header_needed": (
        "Envie o cabeçalho X-CSRF-Token ao usar o cookie do painel.",
        "Send the X-CSRF-Token header when using the panel's cookie.",
    ),
    "too_many_requests": (
        "Muitas tentativas. Tente de novo em {seconds} s.",
        "Too many tries. Try again in {seconds} s.",
    ),
    # Things that are not there
    "chat_not_found": ("Não encontramos esse atendimento.", "We could not find that chat."),
    "department_not_found": ("Não encontramos esse setor.", "We could not find that department."),
    "department_inactive": (
        "Este setor não está atendendo. Escolha outro.",
        "This department is closed. Choose another.",
    ),
    "department_closed": (
        "Este setor está fechado e abre {opens}. Deixe um chamado, ou volte depois.",
        "This department is closed and opens {opens}. Leave a ticket, or come back later.",
    ),
    "closed_for_long": ("Este setor está fechado. Deixe um chamado.", "This department is closed. Leave a ticket."),
    "customer_not_found": ("Não encontramos esse cliente.", "We could not find that customer."),
    "session_not_found": ("Não encontramos essa sessão.", "We could not find that session."),
    "block_not_found": ("Não encontramos esse bloqueio.", "We could not find that block."),
    "blocked": (
        "Não é possível abrir um atendimento por aqui agora. Fale com a gente por telefone.",
        "A chat cannot be opened here at the moment. Please call us.",
    ),
    "customer_or_network": (
        "Informe um cliente ou uma rede, um dos dois.",
        "Give a customer or a network, one of the two.",
    ),
    "bad_network": (
        "Escreva um endereço ou prefixo, como 203.0.113.0/24.",
        "Write an address or prefix, such as 203.0.113.0/24.",
    ),
    "network_too_wide": (
        "Rede grande demais: use um prefixo de /{prefix} ou mais longo.",
        "Too wide a network: use a prefix of /{prefix} or longer.",
    ),
    "holiday_not_found": ("Não encontramos esse feriado.", "We could not find that holiday."),
    "access_point_not_found": (
        "Não encontramos esse ponto de acesso.",
        "We could not find that access point.",
    ),
    "access_point_ambiguous": (
        "Há mais de um ponto com este nome. Use o id.",
        "Several access points have this name. Use the id.",
    ),
    "customer_name_needed": (
        "Este cliente ainda não existe: informe o nome.",
        "This customer is new: give the name.",
    ),
    "incident_not_found": ("Não encontramos essa massiva.", "We could not find that incident."),
    "maintenance_over": ("Esta manutenção já terminou.", "This maintenance is over."),
    "incident_over": ("Esta massiva já terminou.", "This incident is over."),
    "incident_already": (
        "Este ponto já está em uma massiva aberta.",
        "This access point is in an open incident already.",
    ),
    "nobody_to_reply_to": (
        "Não há atendimento aberto para responder.",
        "There is no open chat to reply to.",
    ),
    "maintenance_not_found": ("Não encontramos essa manutenção.", "We could not find that maintenance."),
    "access_point_has_children": (
        "Há pontos que dependem deste. Mude-os antes.",
        "Other points hang on this one. Move them first.",
    ),
    "parent_circle": (
        "Um ponto não pode depender de si mesmo.",
        "A point cannot hang on itself.",
    ),
    "icmp_not_available": (
        "Este servidor não pode enviar ping. Use TCP, HTTP ou heartbeat.",
        "This server may not send pings. Use TCP, HTTP or a heartbeat.",
    ),
    "bad_csv": ("Isto não é um arquivo CSV que se possa ler.", "This is no CSV file that can be read."),
    "too_many_lines": (
        "Importe até {limit} pontos por vez, começando por aqueles de que outros dependem.",
        "Import up to {limit} points at a time, those first on which others hang.",
    ),
    "unknown_column": ("Não conhecemos a coluna “{column}”.", "We do not know the column “{column}”."),
    "repeated_column": ("A coluna “{column}” aparece duas vezes.", "The column “{column}” is there twice."),
    "no_name_column": ("Falta a coluna Nome na primeira linha.", "The first line lacks the column Name."),
    "too_many_cells": (
        "Esta linha tem mais que {columns} células: falta pôr um texto entre aspas?",
        "This line has more than {columns} cells: does a text lack its quotes?",
    ),
    "repeated_name": ("Este nome já está na linha {line}.", "This name is in line {line} already."),
    "ambiguous_name": ("Há mais de um ponto com este nome.", "There is more than one point of this name."),
    "parent_not_found": ("Não há ponto com este nome.", "There is no point of this name."),
    "parent_refused": ("A linha {line}, de que este depende, não passou.", "Line {line}, on which it hangs, failed."),
    "address_not_allowed": (
        "Este endereço não pode ser checado: está fora das redes de ALIDASH_PROBE_NETWORKS.",
        "This address may not be checked: it is outside the networks of ALIDASH_PROBE_NETWORKS.",
    ),
    "heartbeat_cannot_be_asked": (
        "Este equipamento avisa por conta própria; não há o que testar daqui.",
        "This device reports by itself; there is nothing to test from here.",
    ),
    "timeout_over_interval": (
        "O tempo limite deve ser menor que o intervalo.",
        "The timeout has to be shorter than the interval.",
    ),
    "window_over": ("Este horário já passou.", "This time has passed."),
    "proof_needed": (
        "Muita gente está chegando ao mesmo tempo. Abra o chat pelo widget, que comprova sozinho, envie em proof a "
        "solução de openingChallenge (GraphQL) ou use uma chave de API.",
        "Many people are coming at once. Open the chat by the widget, which proves itself, send the solution of "
        "openingChallenge (GraphQL) as proof, or use an API key.",
    ),
    "window_too_far": ("Escolha um começo nos próximos dez anos.", "Choose a beginning within the next ten years."),
    "window_backwards": ("O fim deve vir depois do começo.", "The end has to come after the beginning."),
    "user_not_found": ("Não encontramos essa pessoa.", "We could not find that person."),
    "bad_url": (
        "Escreva um endereço completo, como https://exemplo.com.br/alidash, sem usuário nem senha.",
        "Write a whole address, such as https://example.com/alidash, without a user or password.",
    ),
    "receiver_not_allowed": (
        "Não podemos enviar para este endereço: use https e um endereço público, ou uma rede de "
        "ALIDASH_WEBHOOK_NETWORKS.",
        "Nothing may be sent to this address: use https and a public address, or a network of "
        "ALIDASH_WEBHOOK_NETWORKS.",
    ),
    "too_many_webhooks": ("Há no máximo {most} webhooks.", "There are at most {most} webhooks."),
    "webhook_not_found": ("Não encontramos esse webhook.", "We could not find that webhook."),
    "delivery_not_found": ("Não encontramos essa entrega.", "We could not find that delivery."),
    "delivery_pending": ("Esta entrega ainda está na fila.", "This delivery is still to be sent."),
    "api_key_not_found": ("Não encontramos essa chave.", "We could not find that key."),
    "canned_reply_not_found": ("Não encontramos essa resposta pronta.", "We could not find that canned reply."),
    "route_not_found": ("Não há nada neste endereço.", "There is nothing at this address."),
    "method_not_allowed": (
        "Este endereço não aceita esse método.",
        "This address does not take that method.",
    ),
    # The life of a chat
    "chat_closed": (
        "Este atendimento foi encerrado. Abra um novo para continuar.",
        "This chat has ended. Open a new one to continue.",
    ),
    "chat_not_waiting": (
        "Outra pessoa já assumiu este atendimento.",
        "Somebody else has already taken this chat.",
    ),
    "queue_empty": ("Não há ninguém esperando.", "Nobody is waiting."),
    "capacity_reached": (
        "Você já está com {capacity} atendimentos, o seu limite. Encerre um antes de assumir outro.",
        "You already have {capacity} chats, your limit. Close one before taking another.",
    ),
    "transfer_nowhere": ("Escolha um setor ou uma pessoa.", "Choose a department or a person."),
    "already_theirs": ("O atendimento já está com essa pessoa.", "That person already has this chat."),
    "already_there": ("O atendimento já está nesse setor.", "The chat is already in that department."),
    "not_their_department": ("Essa pessoa não atende nesse setor.", "That person does not attend in that department."),
    "may_not_attend": (
        "{name} não pode atender. Escolha outra pessoa.",
        "{name} may not attend chats. Choose somebody else.",
    ),
    "agent_away": (
        "{name} não está atendendo agora. Deixe na fila do setor ou escolha outra pessoa.",
        "{name} is not attending now. Leave it in the department's queue or choose somebody else.",
    ),
    "agent_full": (
        "{name} já está com todos os atendimentos que pode. Deixe na fila do setor ou escolha outra pessoa.",
        "{name} already has as many chats as they can take. Leave it in the queue or choose somebody else.",
    ),
    "with_bot": ("O atendimento ainda está com o robô.", "The chat is still with the bot."),
    "only_tickets_are_due": ("Só tickets têm prazo.", "Only tickets have a due date."),
    "ticket_already": ("O atendimento já é um ticket.", "The chat is a ticket already."),
    "past_due": ("O prazo precisa estar no futuro.", "The due date must lie in the future."),
    "claim_first": ("Assuma o atendimento antes de responder.", "Claim the chat before you answer."),
    "not_your_chat": ("Este atendimento está com outra pessoa.", "This chat is with somebody else."),
    "bot_not_owner": (
        "O atendimento não está mais com o robô.",
        "The bot no longer owns this chat.",
    ),
    "notes_are_for_staff": ("Notas internas são só da equipe.", "Internal notes are for staff only."),
    "chat_not_closed_yet": ("Avalie depois que o atendimento terminar.", "Rate the chat after it has ended."),
    "rating_is_final": (
        "Este atendimento já foi avaliado, e a nota não muda mais.",
        "This chat has been rated already, and its rating stays.",
    ),
    "read_ahead": ("Não há mensagem com esse número.", "There is no message with that number."),
    "key_reused": (
        "Esta chave já foi usada para outro conteúdo.",
        "This key was already used for something else.",
    ),
    # People and departments
    "email_taken": ("Já existe uma pessoa com este e-mail.", "There is already a person with this e-mail."),
    "slug_taken": ("Já existe um setor com este endereço.", "There is already a department with this slug."),
    "holiday_taken": ("Já há um feriado neste dia.", "There is already a holiday on this day."),
    "shortcut_taken": (
        "Já existe uma resposta pronta com este atalho.",
        "There is already a reply with this shortcut.",
    ),
    "too_many_canned_replies": (
        "Já há {limit} respostas prontas, o limite. Apague uma antes.",
        "There are already {limit} canned replies, the limit. Delete one first.",
    ),
    "last_admin": (
        "Esta é a última pessoa administradora ativa. Promova outra antes.",
        "This is the last active administrator. Promote somebody else first.",
    ),
    "user_has_chats": (
        "Esta pessoa ainda tem {count} atendimentos abertos. Encerre-os ou transfira antes.",
        "This person still has {count} open chats. Close or transfer them first.",
    ),
    "more_than_yours": (
        "Você não pode dar permissões que não tem.",
        "You cannot grant permissions that you do not have.",
    ),
    # The request itself
    "bad_json": ("O corpo não é um objeto JSON válido.", "The body is not a valid JSON object."),
    "not_json": ("Envie application/json.", "Send application/json."),
    "body_too_large": ("O corpo passa de {limit} bytes.", "The body is over {limit} bytes."),
    "too_many_operations": (
        "Há operações demais nesta conexão: no máximo {limit} ao mesmo tempo.",
        "Too many operations on this connection: at most {limit} at once.",
    ),
    # Ourselves
    "unavailable": (
        "O serviço está indisponível por um instante. Tente de novo.",
        "The service is away for a moment. Try again.",
    ),
    "storage_full": (
        "Não há espaço para gravar. Nada foi salvo; avise o suporte.",
        "There is no space left to write. Nothing was saved; tell the operator.",
    ),
    "internal": (
        "Algo falhou do nosso lado. Referência: {reference}.",
        "Something failed on our side. Reference: {reference}.",
    ),
    "resync": ("Recarregue: o histórico mudou de lugar.", "Fetch again: the history has moved."),
    "lagged": ("A conexão ficou para trás. Retomando.", "The connection fell behind. Resuming."),
}
