export const common = {
  cancel: 'Cancelar',
  close: 'Fechar',
  save: 'Salvar',
  saving: 'Salvando…',
  retry: 'Tentar de novo',
  loading: 'Carregando…',
  more: 'Carregar mais',
  back: 'Voltar',
  copy: 'Copiar',
  copied: 'Copiado',
  search: 'Buscar',
  all: 'Todos',
  edit: 'Editar',
  optional: 'opcional',
  total: (n: number) => (n === 1 ? '1 no total' : `${n} no total`),
  stale: 'O que aparece é o que foi lido antes.',
  failed: 'Não deu certo',
}

export const failures = {
  NETWORK: 'Sem resposta do servidor. Confira a conexão e tente de novo.',
  UNAUTHENTICATED: 'Sua sessão terminou. Entre de novo.',
  FORBIDDEN: 'Seu perfil não permite fazer isto.',
  NOT_FOUND: 'Isto não existe ou não está mais ao seu alcance.',
  DEPARTMENT_CLOSED: 'O setor está fechado.',
  INVALID: 'O servidor não entendeu o pedido.',
  CONFLICT: 'Alguém mudou isto antes de você.',
  PROOF_NEEDED: 'Muita gente está chegando ao mesmo tempo. Tente de novo em instantes.',
  RATE_LIMITED: 'Muitas tentativas seguidas. Espere um pouco.',
  UNAVAILABLE: 'O serviço está fora do ar por um momento. Tente de novo em instantes.',
  INTERNAL: 'Algo falhou do nosso lado. Tente de novo.',
}

export const time = { today: 'Hoje', yesterday: 'Ontem' }
