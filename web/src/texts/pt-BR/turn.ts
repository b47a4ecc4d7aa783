export const turn = {
  returns: 'O cliente espera a primeira resposta. O atendimento volta à fila em',
  agent: 'O cliente espera a resposta do atendente.',
  warns: 'A resposta é do cliente. Aviso de inatividade em',
  closes: 'Cliente avisado da inatividade. O atendimento encerra em',
  bot: 'O cliente espera a resposta do robô.',
  reopens: 'O cliente pode reabrir até',
}
