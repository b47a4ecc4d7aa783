"""What the desk itself says in a chat, in Portuguese and in English."""

LINES: dict[str, tuple[str, str]] = {
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
    "restricted_name": ("Cliente restrito", "Restricted customer"),
    "erased_line": ("[mensagem apagada]", "[message erased]"),
}
