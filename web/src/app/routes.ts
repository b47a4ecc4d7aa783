import type { Viewer } from '../graphql/session'

export type AdminPage = 'overview' | 'metrics' | 'history' | 'network' | 'users' | 'departments' | 'apiKeys' | 'audit'
export type PanelPage = AdminPage | 'attend' | 'tickets' | 'replies' | 'profile'
export type Route =
  | { page: 'start' | 'login' | 'unknown' }
  | { page: 'attend'; chatId: string | null }
  | { page: 'tickets'; id: string | null }
  | { page: AdminPage; id: string | null }
  | { page: 'replies' | 'profile' }

const adminPages: Record<string, AdminPage> = {
  '': 'overview',
  numeros: 'metrics',
  historico: 'history',
  rede: 'network',
  usuarios: 'users',
  setores: 'departments',
  chaves: 'apiKeys',
  auditoria: 'audit',
}

export function parseRoute(path: string): Route {
  const [first, second = '', third = null, ...beyond] = path.replace(/^\/|\/$/g, '').split('/')
  if (beyond.length) return { page: 'unknown' }
  if (first === '') return { page: 'start' }
  if (first === 'login' && !second) return { page: 'login' }
  if (first === 'meu-painel' && !second) return { page: 'attend', chatId: null }
  if (first === 'meu-painel' && second === 'chat' && third) return { page: 'attend', chatId: third }
  if (first === 'meu-painel' && second === 'tickets') return { page: 'tickets', id: third }
  if (first === 'meu-painel' && second === 'respostas' && !third) return { page: 'replies' }
  if (first === 'meu-painel' && second === 'perfil' && !third) return { page: 'profile' }
  const admin = first === 'admin' && Object.hasOwn(adminPages, second) ? adminPages[second] : undefined
  return admin ? { page: admin, id: third } : { page: 'unknown' }
}

export type Permission = Viewer['permissions'][number]

/** Which permissions open which page, any of them, and everybody where none is named; the server decides again on every request. */
export const needs: Record<PanelPage, readonly Permission[]> = {
  attend: ['CHAT_ATTEND'],
  tickets: ['CHAT_ATTEND'],
  overview: ['METRICS_VIEW'],
  metrics: ['METRICS_VIEW'],
  history: ['CHAT_VIEW_ALL'],
  network: ['NETWORK_VIEW'],
  users: ['USER_MANAGE', 'QUEUE_MANAGE'],
  departments: ['DEPARTMENT_MANAGE'],
  apiKeys: ['API_KEY_MANAGE'],
  audit: ['AUDIT_VIEW'],
  replies: ['CHAT_ATTEND', 'QUEUE_MANAGE'],
  profile: [],
}

export const paths: Record<PanelPage, string> = {
  attend: '/meu-painel/',
  tickets: '/meu-painel/tickets',
  overview: '/admin/',
  metrics: '/admin/numeros',
  history: '/admin/historico',
  network: '/admin/rede',
  users: '/admin/usuarios',
  departments: '/admin/setores',
  apiKeys: '/admin/chaves',
  audit: '/admin/auditoria',
  replies: '/meu-painel/respostas',
  profile: '/meu-painel/perfil',
}

export const ticketPath = (id: string) => `/meu-painel/tickets/${id}`
export const chatPath = (id: string) => `/meu-painel/chat/${id}`

/** A closed chat in the history, opened at one of its lines. */
export const transcriptPath = (id: string, line?: number) => `${paths.history}/${id}${line ? `?line=${line}` : ''}`

/** Where a chat is read: a ticket among tickets, an ended one in the history for who may open that, else the cockpit. */
export function pathOfChat(chat: { id: string; kind: string; status: string }, history: boolean): string {
  if (chat.status === 'CLOSED' && history) return transcriptPath(chat.id)
  return chat.kind === 'TICKET' ? ticketPath(chat.id) : chatPath(chat.id)
}

/** Only a path of ours: never an address that a crafted link smuggled in. */
export function safeTarget(wanted: string | null): string | null {
  if (!wanted?.startsWith('/') || wanted.startsWith('//') || wanted.includes('\\')) return null
  const { page } = parseRoute(wanted.split('?')[0] ?? '')
  return page === 'unknown' || page === 'login' ? null : wanted
}
