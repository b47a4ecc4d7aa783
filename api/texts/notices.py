"""What notifications say, title and body, in Portuguese and in English."""

NOTICES: dict[str, tuple[str, str]] = {
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
    "notify_incident_suspected": ("Suspeita de massiva em {name}.", "An incident is suspected at {name}."),
    "notify_incident_suspected_body": (
        "{count} clientes reclamaram em poucos minutos, e as checagens estão verdes.",
        "{count} customers complained within minutes, and the checks are green.",
    ),
    "notify_webhook_failed": ("O webhook {name} não recebe.", "The webhook {name} does not take what it is sent."),
    "notify_webhook_failed_body": (
        "Depois de três dias de tentativas, ou a pedido do destino, paramos de enviar. O registro mostra o que faltou.",
        "After three days of trying, or because the receiver asked us to, we stopped. The log shows what is missing.",
    ),
    "notify_counters_differ_body": (
        "{count} entre contadores e registros; `alidash check` diz quais.",
        "{count} between counters and records; `alidash check` says which.",
    ),
    "notify_chat_body": ("Setor {department}, protocolo {protocol}.", "Department {department}, protocol {protocol}."),
}
