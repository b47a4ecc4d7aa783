export const login = {
  title: 'Entrar no AliDash',
  email: 'E-mail',
  password: 'Senha',
  show: 'Mostrar senha',
  hide: 'Ocultar senha',
  submit: 'Entrar',
  submitting: 'Entrando…',
  expired: 'Sua sessão terminou: o prazo acabou ou alguém a encerrou. Entre de novo para continuar de onde parou.',
}
