export const link = {
  title: 'Escolha sua senha',
  text: (name: string, email: string) => `Olá, ${name}. Com esta senha e o e-mail ${email}, você entra no AliDash.`,
  submit: 'Salvar e entrar',
  leaves: (name: string) => `Ao salvar, ${name} sai deste navegador.`,
  over: 'Este link não vale mais',
  overText: 'Ele já foi usado, foi trocado por outro ou venceu. Peça um novo a quem administra.',
  signIn: 'Ir para a entrada',
}
