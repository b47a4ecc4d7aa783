export const day = {
  handled: 'Atendidos',
  handleTime: 'Tempo médio (TMA)',
  satisfaction: 'Satisfação (CSAT)',
  rating: (share: string, n: number) => (n === 1 ? `${share} de 1 resposta` : `${share} de ${n} respostas`),
}
