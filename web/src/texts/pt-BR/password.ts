export const password = {
  title: 'Trocar senha',
  current: 'Senha atual',
  next: 'Senha nova',
  repeat: 'Repita a senha nova',
  hint: 'Pelo menos 12 caracteres. Uma frase funciona bem.',
  short: 'Use pelo menos 12 caracteres.',
  differ: 'As duas senhas novas não são iguais.',
  submit: 'Trocar senha',
  done: 'Senha trocada.',
}
