"""Every sentence that the server says to people, in Portuguese and in English."""

from enum import StrEnum

from api.notice_texts import NOTICES


class Locale(StrEnum):
    """A language that AliDash speaks."""

    PT_BR = "pt-BR"
    EN = "en"


SENTENCES: dict[str, tuple[str, str]] = {
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
    # What people type
    "required": ("Preencha este campo.", "This field is required."),
    "too_long": ("Use no máximo {limit} caracteres.", "Use at most {limit} characters."),
    "too_short": ("Use pelo menos {limit} caracteres.", "Use at least {limit} characters."),
    "unprintable": (
        "O texto tem caracteres que não podemos guardar.",
        "The text has characters that we cannot store.",
    ),
    "bad_cpf": ("CPF inválido.", "Invalid CPF."),
    "no_cpf": ("Este cliente não informou CPF.", "This customer gave no CPF."),
    "cpf_in_reason": (
        "Escreva o motivo sem o CPF: ele fica guardado na auditoria.",
        "Write the reason without the CPF: the audit log keeps it.",
    ),
    "customer_has_open_chats": (
        "Este cliente tem um atendimento aberto: encerre-o antes de apagar os dados.",
        "This customer has an open chat: close it before erasing their data.",
    ),
    "id_or_cpf": ("Informe o id ou o CPF, um dos dois.", "Give the id or the CPF, one of the two."),
    "bad_email": ("E-mail inválido.", "Invalid e-mail."),
    "bad_phone": ("Telefone inválido.", "Invalid phone number."),
    "bad_slug": (
        "Use só letras minúsculas, números e hífens.",
        "Use lower-case letters, digits and hyphens only.",
    ),
    "bad_placeholder": (
        "Não conhecemos {placeholder}. Entre chaves, use {known}.",
        "We do not know {placeholder}. In braces, use {known}.",
    ),
    "department_of_scope": (
        "Informe o setor quando a resposta for de um setor, e só então.",
        "Give the department when the reply is a department's, and only then.",
    ),
    "contact_needed": ("Deixe telefone ou e-mail para a resposta.", "Leave a phone or e-mail for the answer."),
    "bad_minute": ("Use um horário de 00:00 a 24:00.", "Use a time from 00:00 to 24:00."),
    "too_many_hours": ("Use no máximo {limit} horários por semana.", "Use at most {limit} stretches a week."),
    "hours_backwards": ("Abra antes de fechar: {opens}–{closes}.", "Open before you close: {opens}–{closes}."),
    "hours_crossed": (
        "Dois horários do mesmo dia se cruzam: um fecha às {closes} e o outro abre às {opens}.",
        "Two stretches of a day cross: one closes at {closes} and the other opens at {opens}.",
    ),
    "bad_number": ("Use um número de {least} a {most}.", "Use a number from {least} to {most}."),
    "bad_duration": ("Use uma duração entre {least} e {most}.", "Use a duration from {least} to {most}."),
    "tokens_make_no_tokens": (
        "Um token não cria outro: entre no painel para criar um.",
        "A token makes no other: sign in to the panel to make one.",
    ),
    "bad_scope": ("Escopo desconhecido: {scope}.", "Unknown scope: {scope}."),
    "bad_value": ("Valor inválido.", "Invalid value."),
    "bad_choice": ("Use um destes valores: {choices}.", "Use one of these values: {choices}."),
    "bad_period": ("O início do período vem antes do fim.", "A period begins before it ends."),
    "period_too_long": ("O período vai até {days} dias.", "A period lasts {days} days at most."),
    "period_pruned": (
        "Dos dias antes de {day} só há números de dias inteiros.",
        "Of days before {day} there are only figures of whole days.",
    ),
    "period_pruned_incidents": (
        "Dos dias antes de {day} não se sabe mais quais atendimentos eram de massivas.",
        "Of days before {day} it is not known any more which chats an incident explained.",
    ),
    "bad_step": (
        "O passo é de um minuto a um dia, ou de dias inteiros.",
        "A step lasts from a minute to a day, or whole days.",
    ),
    "too_many_points": (
        "São pontos demais: no máximo {limit}. Escolha um passo maior ou um período menor.",
        "Too many points: {limit} at most. Choose a longer step or a shorter period.",
    ),
    "bad_page": (
        "Peça de 1 a {limit} itens, por uma só ponta.",
        "Ask for 1 to {limit} items, from one end only.",
    ),
    "bad_cursor": ("Este cursor não é válido.", "This cursor is not valid."),
    "past_expiry": ("A validade precisa estar no futuro.", "The expiry must lie in the future."),
    "duplicate_field": ("Campo repetido.", "This field is given twice."),
    "unknown_field": ("Campo desconhecido.", "Unknown field."),
    "api_key_only": ("Este campo precisa de uma chave de API.", "This field needs an API key."),
    "ticket_or_bot": ("Um ticket não começa com o robô.", "A ticket does not begin with the bot."),
    "id_or_protocol": ("Informe o id ou o protocolo.", "Give the id or the protocol."),
    "pause_needs_reason": ("Escolha o motivo da pausa.", "Choose the reason for the pause."),
    "weak_password": (
        "Esta senha é fácil de adivinhar. Escolha outra.",
        "This password is easy to guess. Choose another.",
    ),
    "wrong_password": ("A senha atual não confere.", "The current password is wrong."),
    "same_password": (
        "Escolha uma senha diferente da atual.",
        "Choose a password other than the current one.",
    ),
    "link_not_found": (
        "Este link já foi usado, foi trocado por outro ou venceu. Peça um novo a quem administra.",
        "This link was used, was replaced or has expired. Ask an administrator for a new one.",
    ),
    "second_factor_needed": (
        "Informe o código do seu aplicativo autenticador.",
        "Give the code of your authenticator app.",
    ),
    "second_factor_missing": (
        "Seu perfil exige a verificação em duas etapas. Configure-a antes de continuar.",
        "Your role asks for two-step verification. Set it up before you continue.",
    ),
    "second_factor_on": (
        "A verificação em duas etapas já está ligada.",
        "Two-step verification is already on.",
    ),
    "second_factor_off": (
        "A verificação em duas etapas não está ligada.",
        "Two-step verification is not on.",
    ),
    "second_factor_required": (
        "Seu perfil exige a verificação em duas etapas.",
        "Your role asks for two-step verification.",
    ),
    "own_second_factor": (
        "A sua própria verificação se desliga no seu perfil, com um código.",
        "Your own verification is switched off in your profile, with a code.",
    ),
    "wrong_code": (
        "O código não confere ou já foi usado.",
        "The code is wrong or was used before.",
    ),
    "sign_in_again": (
        "Passou muito tempo desde a senha. Entre de novo.",
        "It has been too long since the password. Sign in again.",
    ),
    "openid_off": ("Não há provedor de identidade configurado.", "No identity provider is set up."),
    "openid_away": (
        "O provedor de identidade não responde. Tente de novo em instantes, ou entre com sua senha.",
        "The identity provider does not answer. Try again in a moment, or sign in with your password.",
    ),
    "openid_again": (
        "Essa entrada venceu ou começou em outro lugar. Comece de novo.",
        "That sign-in has expired or began elsewhere. Begin again.",
    ),
    "openid_refused": (
        "O provedor de identidade não confirmou quem você é. Comece de novo.",
        "The identity provider did not confirm who you are. Begin again.",
    ),
    "openid_unknown": (
        "Ninguém com essa conta pode entrar aqui. Peça a quem administra que cadastre seu e-mail.",
        "Nobody with this account may enter here. Ask an administrator to add your e-mail.",
    ),
    "openid_unverified": (
        "O provedor não confirmou seu e-mail. Verifique-o lá, ou fale com quem administra.",
        "The provider has not confirmed your e-mail. Verify it there, or talk to an administrator.",
    ),
    "openid_other": (
        "Esta conta está ligada a outra identidade no provedor. Peça a quem administra que desfaça a ligação.",
        "This account is linked to another identity at the provider. Ask an administrator to remove the link.",
    ),
    "openid_unlinked": (
        "Esta pessoa não está ligada ao provedor de identidade.",
        "This person is not linked to the identity provider.",
    ),
    "browser_only": (
        "Isto se faz no painel, e não com um token.",
        "This is done in the panel, not by a token.",
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
    # Lines that the desk writes into a chat
    "event_claimed": ("{name} entrou na conversa.", "{name} joined the conversation."),
    "event_handed_off": (
        "A conversa foi para a fila de {department}.",
        "The conversation went to the queue of {department}.",
    ),
    "event_ticket_opened": ("{name} abriu o ticket.", "{name} opened the ticket."),
    "event_out_of_hours": (
        "{greeting}Estamos fechados e abrimos {opens}. Você mantém o seu lugar na fila.",
        "{greeting}We are closed and open {opens}. You keep your place in the queue.",
    ),
    "event_out_of_hours_for_long": (
        "{greeting}Estamos fechados. Você mantém o seu lugar na fila.",
        "{greeting}We are closed. You keep your place in the queue.",
    ),
    "event_ticket_left": ("Recebemos o seu chamado: {protocol}.", "We have your ticket: {protocol}."),
    "note_contact": ("Contato para a resposta: {contact}.", "To be answered at: {contact}."),
    "event_turned_into_ticket": (
        "O atendimento virou um ticket: vamos cuidar dele mesmo depois desta conversa.",
        "The chat became a ticket: we will take care of it beyond this conversation.",
    ),
    "event_transferred": (
        "A conversa foi transferida para {department}.",
        "The conversation was transferred to {department}.",
    ),
    "event_returned": (
        "A conversa voltou para a fila e mantém o seu lugar.",
        "The conversation is back in the queue and keeps its place.",
    ),
    "event_reopened": ("A conversa foi reaberta.", "The conversation was reopened."),
    "event_inactive": (
        "Ainda está aí? Sem resposta, a conversa será encerrada em {minutes} min.",
        "Are you still there? Without an answer the conversation will close in {minutes} min.",
    ),
    "event_closed_inactive": (
        "A conversa foi encerrada por falta de resposta. Escreva para retomá-la.",
        "The conversation was closed for lack of an answer. Write to take it up again.",
    ),
    "event_closed_abandoned": (
        "A conversa foi encerrada porque você saiu da fila. Escreva para voltar.",
        "The conversation was closed because you left the queue. Write to come back.",
    ),
    "incident_question": (
        "Nossos técnicos terminaram o reparo. Sua conexão voltou? Responda sim ou não.",
        "Our technicians have finished the repair. Is your connection back? Answer yes or no.",
    ),
    "event_closed_recovered": (
        "Que bom que a conexão voltou! A conversa foi encerrada; escreva para retomá-la.",
        "Good to hear that the connection is back! The conversation was closed; write to take it up again.",
    ),
    "event_not_recovered": (
        "Obrigado por avisar: o seu atendimento agora tem prioridade.",
        "Thank you for telling us: your chat has priority now.",
    ),
    "event_closed_by_agent": ("{name} encerrou o atendimento.", "{name} closed the chat."),
    "event_closed_by_customer": ("O atendimento foi encerrado pelo cliente.", "The customer ended the chat."),
    "event_closed_by_bot": ("O atendimento foi encerrado pelo robô.", "The bot ended the chat."),
    # What is read where a person's data were erased
    "erased_name": ("Cliente apagado", "Erased customer"),
    "erased_line": ("[mensagem apagada]", "[message erased]"),
    **NOTICES,
}


def say(reason: str, locale: Locale, /, **values: object) -> str:
    """The sentence for `reason` in the reader's language, with its values filled in."""
    portuguese, english = SENTENCES[reason]
    return (portuguese if locale is Locale.PT_BR else english).format(**values)


def preferred_locale(accept_language: str | None) -> Locale:
    """The first language of an Accept-Language header that we speak; Portuguese when there is none."""
    for part in (accept_language or "").split(","):
        tag = part.split(";")[0].strip().lower()
        if tag.startswith("pt"):
            return Locale.PT_BR
        if tag.startswith("en"):
            return Locale.EN
    return Locale.PT_BR
