"""What the audit log calls each act, in Portuguese and in English: the use cases by name, in sentences for people."""

from api.texts import Locale

ACTS: dict[str, tuple[str, str]] = {
    # People and their sessions
    "sign_in": ("Entrou.", "Signed in."),
    "sign_out": ("Saiu.", "Signed out."),
    "change_password": ("Trocou a própria senha.", "Changed their own password."),
    "revoke_session": ("Encerrou uma sessão sua.", "Ended a session of their own."),
    "reset_password": ("Redefiniu a senha de uma pessoa.", "Reset a person's password."),
    "create_token": ("Criou um token para programas.", "Made a token for programs."),
    "create_user": ("Cadastrou uma pessoa.", "Added a person."),
    "update_user": ("Alterou uma pessoa.", "Changed a person."),
    "set_availability": ("Mudou a disponibilidade de outra pessoa.", "Changed somebody else's availability."),
    # The desk
    "create_department": ("Criou um setor.", "Added a department."),
    "update_department": ("Alterou um setor.", "Changed a department."),
    "create_holiday": ("Acrescentou um feriado.", "Added a holiday."),
    "update_holiday": ("Alterou um feriado.", "Changed a holiday."),
    "delete_holiday": ("Excluiu um feriado.", "Deleted a holiday."),
    "create_api_key": ("Criou uma chave de API.", "Made an API key."),
    "revoke_api_key": ("Revogou uma chave de API.", "Revoked an API key."),
    "create_canned_reply": ("Criou uma resposta pronta.", "Added a canned reply."),
    "update_canned_reply": ("Alterou uma resposta pronta.", "Changed a canned reply."),
    "delete_canned_reply": ("Excluiu uma resposta pronta.", "Deleted a canned reply."),
    # The network
    "create_access_point": ("Cadastrou um ponto de acesso.", "Added an access point."),
    "update_access_point": ("Alterou um ponto de acesso.", "Changed an access point."),
    "delete_access_point": ("Excluiu um ponto de acesso.", "Deleted an access point."),
    "schedule_maintenance": ("Agendou uma manutenção.", "Scheduled maintenance."),
    "cancel_maintenance": ("Cancelou uma manutenção.", "Cancelled maintenance."),
    # Chats
    "claim_chat": ("Assumiu um atendimento.", "Took a chat."),
    "update_chat": ("Alterou um atendimento.", "Changed a chat."),
    "transfer_chat": ("Transferiu um atendimento.", "Transferred a chat."),
    "return_chat": ("Devolveu um atendimento à fila.", "Returned a chat to its queue."),
    "close_chat": ("Encerrou um atendimento.", "Closed a chat."),
    "open_ticket": ("Abriu um chamado.", "Opened a ticket."),
    "turn_into_ticket": ("Transformou um atendimento em chamado.", "Turned a chat into a ticket."),
    # Protected data
    "reveal_cpf": ("Viu um CPF inteiro.", "Saw a whole CPF."),
    "read_transcript": ("Leu a conversa de outra pessoa.", "Read somebody else's conversation."),
    "export_chats": ("Exportou o histórico.", "Exported the history."),
    "export_audit": ("Exportou a auditoria.", "Exported the audit log."),
}


def name_of_act(action: str, locale: Locale) -> str:
    """The sentence for an act; an act that only another version knows is called by its own name."""
    portuguese, english = ACTS.get(action, (action, action))
    return portuguese if locale is Locale.PT_BR else english
