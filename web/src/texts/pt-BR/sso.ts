export const sso = {
  title: 'Provedor de identidade',
  linked: 'Ligado: você pode entrar por ele.',
  or: 'ou',
  signIn: (name: string) => `Entrar com ${name}`,
  unlink: 'Desligar do provedor',
  unlinkTitle: (name: string) => `Desligar ${name} do provedor de identidade?`,
  unlinkText: 'As sessões desta pessoa terminam. Na próxima entrada pelo provedor, o e-mail liga a conta de novo.',
  unlinked: 'Ligação com o provedor desfeita.',
  failed: 'A entrada pelo provedor não deu certo. Tente de novo em instantes.',
  refusals: {
    openid_off: 'Não há provedor de identidade configurado.',
    openid_away: 'O provedor de identidade não responde. Tente de novo em instantes, ou entre com sua senha.',
    openid_again: 'Essa entrada venceu ou começou em outro lugar. Comece de novo.',
    openid_refused: 'O provedor de identidade não confirmou quem você é. Comece de novo.',
    openid_unknown: 'Ninguém com essa conta pode entrar aqui. Peça a quem administra que cadastre seu e-mail.',
    openid_unverified: 'O provedor não confirmou seu e-mail. Verifique-o lá, ou fale com quem administra.',
    openid_other:
      'Esta conta está ligada a outra identidade no provedor. Peça a quem administra que desfaça a ligação.',
    too_many_requests: 'Muitas tentativas. Espere alguns minutos e tente de novo.',
  },
}
