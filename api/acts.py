"""What the audit log calls each act, in Portuguese and in English: the use cases by name, in sentences for people."""

from api.texts import Locale

ACTS: dict[str, tuple[str, str]] = {
    # People and their sessions
    "sign_in": ("Entrou.", "Signed in."),
    "sign_out": ("Saiu.", "Signed out."),
    "update_profile": ("Alterou o próprio perfil.", "Changed their own profile."),
    "set_password": ("Definiu a própria senha por um link.", "Set their own password by a link."),
    "change_password": ("Trocou a própria senha.", "Changed their own password."),
    "revoke_session": ("Encerrou uma sessão sua.", "Ended a session of their own."),
    "reset_password": ("Anulou a senha de uma pessoa e gerou um link.", "Voided a person's password and made a link."),
    "confirm_second_factor": ("Ligou a verificação em duas etapas.", "Switched two-step verification on."),
    "switch_off_second_factor": ("Desligou a verificação em duas etapas.", "Switched two-step verification off."),
    "renew_recovery_codes": ("Gerou códigos de recuperação novos.", "Made new recovery codes."),
    "remove_second_factor": (
        "Retirou a verificação em duas etapas de uma pessoa.",
        "Removed a person's two-step verification.",
    ),
    "unlink_identity": (
        "Desfez a ligação de uma pessoa com o provedor de identidade.",
        "Removed a person's link to the identity provider.",
    ),
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
    "create_webhook": ("Criou um webhook.", "Added a webhook."),
    "update_webhook": ("Alterou um webhook.", "Changed a webhook."),
    "delete_webhook": ("Excluiu um webhook.", "Deleted a webhook."),
    "roll_webhook_secret": ("Trocou o segredo de um webhook.", "Changed a webhook's secret."),
    "rotate_keys": ("Selou CPFs e segredos com a chave nova.", "Sealed CPFs and secrets under the new key."),
    "replay_delivery": ("Reenviou uma entrega de um webhook.", "Sent a webhook's delivery anew."),
    "replay_failed": ("Reenviou as entregas perdidas de um webhook.", "Sent a webhook's lost deliveries anew."),
    "create_canned_reply": ("Criou uma resposta pronta.", "Added a canned reply."),
    "update_canned_reply": ("Alterou uma resposta pronta.", "Changed a canned reply."),
    "delete_canned_reply": ("Excluiu uma resposta pronta.", "Deleted a canned reply."),
    # The network
    "create_access_point": ("Cadastrou um ponto de acesso.", "Added an access point."),
    "update_access_point": ("Alterou um ponto de acesso.", "Changed an access point."),
    "delete_access_point": ("Excluiu um ponto de acesso.", "Deleted an access point."),
    "import_access_points": ("Importou pontos de acesso.", "Imported access points."),
    "export_access_points": ("Exportou os pontos de acesso.", "Exported the access points."),
    "schedule_maintenance": ("Agendou uma manutenção.", "Scheduled maintenance."),
    "update_maintenance": ("Alterou uma manutenção.", "Changed maintenance."),
    "cancel_maintenance": ("Cancelou uma manutenção.", "Cancelled maintenance."),
    "update_customer": ("Corrigiu os dados de um cliente.", "Corrected a customer's data."),
    "set_customer_access_point": ("Mudou o ponto de acesso de um cliente.", "Changed a customer's access point."),
    "import_customers": ("Importou clientes e seus pontos de acesso.", "Imported customers and their access points."),
    "declare_incident": ("Abriu uma massiva.", "Opened an incident."),
    "update_incident": ("Alterou uma massiva.", "Changed an incident."),
    "confirm_incident": ("Confirmou uma massiva.", "Confirmed an incident."),
    "monitor_incident": ("Pôs uma massiva em observação.", "Put an incident under watch."),
    "resolve_incident": ("Encerrou uma massiva.", "Ended an incident."),
    "dismiss_incident": ("Descartou uma suspeita de massiva.", "Dismissed a suspected incident."),
    "reply_to_incident": ("Respondeu a todos de uma massiva.", "Replied to everybody of an incident."),
    # Chats
    "claim_chat": ("Assumiu um atendimento.", "Took a chat."),
    "assign_chat": ("Atribuiu um atendimento a alguém.", "Assigned a chat to somebody."),
    "take_over": ("Assumiu o atendimento de outra pessoa.", "Took over somebody else's chat."),
    "update_chat": ("Alterou um atendimento.", "Changed a chat."),
    "transfer_chat": ("Transferiu um atendimento.", "Transferred a chat."),
    "return_chat": ("Devolveu um atendimento à fila.", "Returned a chat to its queue."),
    "close_chat": ("Encerrou um atendimento.", "Closed a chat."),
    "open_ticket": ("Abriu um chamado.", "Opened a ticket."),
    "turn_into_ticket": ("Transformou um atendimento em chamado.", "Turned a chat into a ticket."),
    "create_block": ("Bloqueou quem abre atendimentos.", "Kept somebody from opening chats."),
    "delete_block": ("Retirou um bloqueio.", "Lifted a block."),
    # Protected data
    "reveal_cpf": ("Viu um CPF inteiro.", "Saw a whole CPF."),
    "export_customer": ("Exportou os dados de um cliente.", "Exported a customer's data."),
    "restrict_customer": (
        "Restringiu os dados de um cliente até poderem ser apagados.",
        "Restricted a customer's data until they may be erased.",
    ),
    "erase_customer": ("Apagou os dados de um cliente.", "Erased a customer's data."),
    "read_transcript": ("Leu a conversa de outra pessoa.", "Read somebody else's conversation."),
    "export_chats": ("Exportou o histórico.", "Exported the history."),
    "export_audit": ("Exportou a auditoria.", "Exported the audit log."),
}


def name_of_act(action: str, locale: Locale) -> str:
    """The sentence for an act; an act that only another version knows is called by its own name."""
    portuguese, english = ACTS.get(action, (action, action))
    return portuguese if locale is Locale.PT_BR else english
