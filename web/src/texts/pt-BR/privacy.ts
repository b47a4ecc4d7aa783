export const privacy = {
  title: 'Dados pessoais',
  export: 'Exportar dados',
  erase: 'Apagar dados…',
  eraseNow: 'Apagar para sempre',
  eraseTitle: 'Apagar os dados deste cliente?',
  eraseText: 'Isto não pode ser desfeito. Se a pessoa quer uma cópia, exporte os dados antes.',
  eraseFacts: [
    'Nome, CPF, contatos e tudo o que foi escrito em todos os atendimentos dela desaparecem.',
    'Protocolos, datas, setores, atendentes e notas ficam, sem dizer de quem são.',
    'Cópias de segurança guardam os dados até vencerem.',
  ] as readonly string[],
  reasonHint: 'Por exemplo: pedido da titular, protocolo 123. Sem nome nem CPF: a auditoria guarda.',
  typeName: (name: string) => `Para confirmar, digite o nome: ${name}`,
  erased: 'Os dados do cliente foram apagados.',
  erasedAt: (when: string) => `Dados pessoais apagados em ${when}.`,
  restrictTitle: 'Restringir os dados deste cliente?',
  restrictText: (day: string) =>
    `A lei manda guardar o registro do último atendimento por mais tempo. A pessoa fica restrita até ${day}, depois é apagada.`,
  restrictFacts: [
    'Nome, contatos e conversas somem das telas, das buscas e dos arquivos de todos, menos de quem responde por dados pessoais.',
    'Protocolos, datas e métricas ficam. Se a pessoa escrever de novo, é alguém novo.',
    'No fim do prazo tudo é apagado sem que ninguém precise lembrar.',
  ] as readonly string[],
  restrictNow: 'Restringir até apagar',
  restricted: (day: string) => `Os dados do cliente ficam restritos até ${day}.`,
  restrictedUntil: (day: string) => `Restrito até ${day}, depois é apagado. Só quem responde por dados pessoais o vê.`,
}
