export const channel = { WIDGET: 'Site', WHATSAPP: 'WhatsApp', TELEGRAM: 'Telegram', API: 'API', INTERNAL: 'Interno' }

export const category = {
  OUTAGE: 'Sem conexão',
  SLOW: 'Lentidão',
  WIFI: 'Wi-Fi',
  BILLING: 'Financeiro',
  OTHER: 'Outros',
}

export const priority = { LOW: 'Baixa', NORMAL: 'Normal', HIGH: 'Alta', URGENT: 'Urgente' }

export const reason = {
  RESOLVED: 'Resolvido',
  CUSTOMER_LEFT: 'Cliente saiu',
  INACTIVITY: 'Inatividade',
  ABANDONED: 'Abandonado',
  ADMIN: 'Encerrado pela administração',
  INCIDENT: 'Massiva',
}

export const outcome = {
  ENDED: 'Encerrada',
  ABANDONED: 'Abandonada',
  RETURNED: 'Devolvida',
  TRANSFERRED: 'Transferida',
}

export const role = { ADMIN: 'Administração', SUPERVISOR: 'Supervisão', AGENT: 'Atendimento', ANALYST: 'Análise' }

export const permission = {
  CHAT_ATTEND: 'Atender clientes',
  CHAT_VIEW_ALL: 'Ver todas as conversas',
  QUEUE_MANAGE: 'Gerir a fila',
  CUSTOMER_VIEW: 'Ver dados de clientes',
  CPF_REVEAL: 'Revelar CPF',
  PRIVACY_MANAGE: 'Atender pedidos de privacidade',
  USER_MANAGE: 'Gerir usuários',
  DEPARTMENT_MANAGE: 'Gerir setores',
  METRICS_VIEW: 'Ver métricas',
  EXPORT: 'Exportar dados',
  AUDIT_VIEW: 'Ver auditoria',
  NETWORK_VIEW: 'Ver a rede',
  NETWORK_MANAGE: 'Gerir a rede',
  API_KEY_MANAGE: 'Gerir chaves de API',
  WEBHOOK_MANAGE: 'Gerir webhooks',
}
