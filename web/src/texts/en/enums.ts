import type { Texts } from '../pt-BR'

export const channel: Texts['channel'] = {
  WIDGET: 'Website',
  WHATSAPP: 'WhatsApp',
  TELEGRAM: 'Telegram',
  API: 'API',
  INTERNAL: 'Internal',
}

export const category: Texts['category'] = {
  OUTAGE: 'No connection',
  SLOW: 'Slow',
  WIFI: 'Wi-Fi',
  BILLING: 'Billing',
  OTHER: 'Other',
}

export const priority: Texts['priority'] = { LOW: 'Low', NORMAL: 'Normal', HIGH: 'High', URGENT: 'Urgent' }

export const reason: Texts['reason'] = {
  RESOLVED: 'Resolved',
  CUSTOMER_LEFT: 'Customer left',
  INACTIVITY: 'Inactivity',
  ABANDONED: 'Abandoned',
  ADMIN: 'Closed by an administrator',
  INCIDENT: 'Network incident',
}

export const outcome: Texts['outcome'] = {
  ENDED: 'Ended',
  ABANDONED: 'Abandoned',
  RETURNED: 'Returned',
  TRANSFERRED: 'Transferred',
}

export const role: Texts['role'] = {
  ADMIN: 'Administrator',
  SUPERVISOR: 'Supervisor',
  AGENT: 'Agent',
  ANALYST: 'Analyst',
}

export const permission: Texts['permission'] = {
  CHAT_ATTEND: 'Attend customers',
  CHAT_VIEW_ALL: 'See all conversations',
  QUEUE_MANAGE: 'Manage the queue',
  CUSTOMER_VIEW: 'See customer data',
  CPF_REVEAL: 'Reveal CPF',
  PRIVACY_MANAGE: 'Answer privacy requests',
  USER_MANAGE: 'Manage users',
  DEPARTMENT_MANAGE: 'Manage departments',
  METRICS_VIEW: 'See metrics',
  EXPORT: 'Export data',
  AUDIT_VIEW: 'See the audit',
  NETWORK_VIEW: 'See the network',
  NETWORK_MANAGE: 'Manage the network',
  API_KEY_MANAGE: 'Manage API keys',
  WEBHOOK_MANAGE: 'Manage webhooks',
}
