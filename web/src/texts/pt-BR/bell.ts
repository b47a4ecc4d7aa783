export const bell = {
  title: 'Notificações',
  label: (n: number) =>
    n === 0 ? 'Notificações' : n === 1 ? 'Notificações: 1 não lida' : `Notificações: ${n} não lidas`,
  unread: 'Não lida:',
  readAll: 'Marcar todas como lidas',
  empty: 'Nenhuma notificação',
  emptyHint: 'Quando alguém esperar por você, o aviso aparece aqui.',
  sound: 'Som',
  soundHint: 'Toca quando alguém espera ou escreve e você não está na conversa.',
  desktop: 'Avisos do navegador',
  desktopHint: 'Aparecem quando você está em outra janela ou em outra conversa.',
  desktopDenied: 'O navegador recusou. Libere as notificações deste site nas configurações dele.',
  desktopMissing: 'Este navegador não mostra avisos aqui.',
}
