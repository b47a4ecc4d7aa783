export const join = {
  note: 'Escrever nota',
  send: 'Guardar nota',
  takeOver: 'Assumir',
  takeOverTitle: 'Assumir este atendimento?',
  takeOverText: (name: string) =>
    `O atendimento sai da lista de ${name} e passa para a sua, no mesmo setor. O cliente vê quem entrou.`,
  taken: 'Agora o atendimento é seu.',
}
