"""What the columns of exported files are called, in Portuguese and in English."""

from api.texts import Locale

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


POINT_COLUMNS: dict[str, tuple[str, str]] = {
    "name": ("Nome", "Name"),
    "location": ("Local", "Location"),
    "address": ("Endereço", "Address"),
    "parent": ("Depende de", "Hangs on"),
    "kind": ("Checagem", "Check"),
    "port": ("Porta", "Port"),
    "path": ("Caminho", "Path"),
    "tls": ("HTTPS", "TLS"),
    "interval": ("Intervalo (s)", "Interval (s)"),
    "timeout": ("Tempo limite (s)", "Timeout (s)"),
    "failAfter": ("Falhas até cair", "Failures until down"),
    "recoverAfter": ("Sucessos até voltar", "Successes until back"),
    "slowAbove": ("Lento acima de (ms)", "Slow above (ms)"),
    "status": ("Estado", "Status"),
    "since": ("Desde", "Since"),
    "lastSeenAt": ("Última resposta", "Last answer"),
    "latency": ("Latência (ms)", "Latency (ms)"),
    "users": ("Usuários", "Users"),
    "cpu": ("CPU (%)", "CPU (%)"),
    "memory": ("Memória (%)", "Memory (%)"),
}
"""The heads of the columns in which access points are written down; a file may have either language's."""


def point_head(column: str, locale: Locale) -> str:
    """The head of a column of access points in the reader's language."""
    return POINT_COLUMNS[column][0 if locale is Locale.PT_BR else 1]


def head(column: str, locale: Locale) -> str:
    """The head of a column in the reader's language."""
    portuguese, english = COLUMNS[column]
    return portuguese if locale is Locale.PT_BR else english
