"""Every sentence that the server says to people, in Portuguese and in English."""

from enum import StrEnum


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
    "holiday_not_found": ("Não encontramos esse feriado.", "We could not find that holiday."),
    "access_point_not_found": (
        "Não encontramos esse ponto de acesso.",
        "We could not find that access point.",
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
    "address_not_allowed": (
        "Este endereço não pode ser checado: está fora das redes de ALIDASH_PROBE_NETWORKS.",
        "This address may not be checked: it is outside the networks of ALIDASH_PROBE_NETWORKS.",
    ),
    "timeout_over_interval": (
        "O tempo limite deve ser menor que o intervalo.",
        "The timeout has to be shorter than the interval.",
    ),
    "window_over": ("Este horário já passou.", "This time has passed."),
    "window_backwards": ("O fim deve vir depois do começo.", "The end has to come after the beginning."),
    "user_not_found": ("Não encontramos essa pessoa.", "We could not find that person."),
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
    "bad_scope": ("Escopo desconhecido: {scope}.", "Unknown scope: {scope}."),
    "bad_value": ("Valor inválido.", "Invalid value."),
    "bad_choice": ("Use um destes valores: {choices}.", "Use one of these values: {choices}."),
    "bad_period": ("O início do período vem antes do fim.", "A period begins before it ends."),
    "period_too_long": ("O período vai até {days} dias.", "A period lasts {days} days at most."),
    "period_pruned": (
        "Dos dias antes de {day} só há números de dias inteiros.",
        "Of days before {day} there are only figures of whole days.",
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
    "password_change_needed": (
        "Troque a senha provisória antes de continuar.",
        "Change the one-time password before you continue.",
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
    "event_closed_by_agent": ("{name} encerrou o atendimento.", "{name} closed the chat."),
    "event_closed_by_customer": ("O atendimento foi encerrado pelo cliente.", "The customer ended the chat."),
    "event_closed_by_bot": ("O atendimento foi encerrado pelo robô.", "The bot ended the chat."),
    # What notifications say: a title, and a line below it
    "notify_chat_waiting": ("{customer} está esperando.", "{customer} is waiting."),
    "notify_chat_waiting_body": (
        "Há um atendimento na fila de {department}: {protocol}.",
        "There is a chat in the queue of {department}: {protocol}.",
    ),
    "notify_chat_message": ("{customer} escreveu.", "{customer} wrote."),
    "notify_chat_message_body": (
        "Há mensagem nova no atendimento {protocol}.",
        "There is a new message in the chat {protocol}.",
    ),
    "notify_chat_assigned": ("{customer} agora é com você.", "{customer} is now yours to attend."),
    "notify_chat_returned": ("{customer} voltou para a fila.", "{customer} went back to the queue."),
    "notify_chat_returned_body": (
        "O atendimento {protocol} espera de novo em {department}.",
        "The chat {protocol} waits again in {department}.",
    ),
    "notify_ticket_overdue": (
        "O prazo do chamado de {customer} passou.",
        "The ticket of {customer} is overdue.",
    ),
    "notify_counters_differ": (
        "A conferência noturna achou diferenças.",
        "The nightly check found differences.",
    ),
    "notify_access_point_down": ("{name} está fora do ar.", "{name} is down."),
    "notify_access_point_down_body": (
        "As últimas {count} checagens falharam.",
        "The last {count} checks failed.",
    ),
    "notify_access_point_back": ("{name} voltou.", "{name} is back."),
    "notify_access_point_back_body": ("Ficou fora do ar por {minutes} min.", "It was down for {minutes} min."),
    "notify_counters_differ_body": (
        "{count} entre contadores e registros; `alidash check` diz quais.",
        "{count} between counters and records; `alidash check` says which.",
    ),
    "notify_chat_body": ("Setor {department}, protocolo {protocol}.", "Department {department}, protocol {protocol}."),
}

COLUMNS: dict[str, tuple[str, str]] = {
    "protocol": ("Protocolo", "Protocol"),
    "channel": ("Canal", "Channel"),
    "category": ("Categoria", "Category"),
    "subject": ("Assunto", "Subject"),
    "customer": ("Cliente", "Customer"),
    "cpf": ("CPF", "CPF"),
    "department": ("Setor", "Department"),
    "agent": ("Atendente", "Agent"),
    "created_at": ("Aberto em", "Opened at"),
    "closed_at": ("Encerrado em", "Closed at"),
    "reason": ("Motivo", "Reason"),
    "wait_seconds": ("Espera (s)", "Wait (s)"),
    "handle_seconds": ("Atendimento (s)", "Handling (s)"),
    "resolution_seconds": ("Resolução (s)", "Resolution (s)"),
    "rating": ("Nota", "Rating"),
    "comment": ("Comentário", "Comment"),
}
"""The heads of exported columns."""


def head(column: str, locale: Locale) -> str:
    """The head of a column in the reader's language."""
    portuguese, english = COLUMNS[column]
    return portuguese if locale is Locale.PT_BR else english


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
