"""What is wrong with what people typed, and how to mend it, in Portuguese and in English."""

FAULTS: dict[str, tuple[str, str]] = {
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
    "customer_restricted": (
        "Os dados deste cliente estão restritos até serem apagados: nada neles muda.",
        "This customer's data are restricted until they are erased: nothing of them changes.",
    ),
    "customer_erased": (
        "Os dados deste cliente foram apagados: nada mais se escreve neles.",
        "This customer's data were erased: nothing is written into them any more.",
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
}
