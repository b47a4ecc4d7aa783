export const inbox = {
  title: 'Meus atendimentos',
  empty: 'Nenhum atendimento com você',
  emptyHint: 'Puxe o próximo da fila para começar.',
  unread: (n: number) => (n === 1 ? '1 mensagem não lida' : `${n} mensagens não lidas`),
  noMessage: 'Sem mensagens ainda',
  you: 'Você:',
  closedRow: 'Encerrado',
}
