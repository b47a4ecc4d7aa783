export const holidays = {
  title: 'Feriados',
  hint: 'Nestes dias os setores com horário não abrem.',
  before: 'Ano anterior',
  after: 'Ano seguinte',
  create: 'Novo feriado',
  editTitle: 'Editar feriado',
  day: 'Dia',
  name: 'Nome',
  whose: 'Vale para',
  everybody: 'Todos os setores',
  optional: 'Com Carnaval e Corpus Christi',
  national: (year: number) => `Adicionar feriados nacionais de ${year}`,
  added: (count: number) =>
    count === 0
      ? 'Os feriados já estavam na lista.'
      : count === 1
        ? '1 feriado adicionado.'
        : `${count} feriados adicionados.`,
  empty: (year: number) => `Nenhum feriado em ${year}`,
  emptyHint: 'Adicione os nacionais de uma vez, e depois os da sua cidade.',
  saved: 'Feriado salvo.',
  remove: 'Remover',
  removed: 'Feriado removido.',
}
