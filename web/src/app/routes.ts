import type { Viewer } from '../graphql/session'

export type AdminPage =
  | 'overview'
  | 'team'
  | 'queue'
  | 'metrics'
  | 'history'
  | 'network'
  | 'incidents'
  | 'users'
  | 'departments'
  | 'apiKeys'
  | 'webhooks'
  | 'audit'
export type PanelPage = AdminPage | 'attend' | 'tickets' | 'replies' | 'profile'
export type Route =
  | { page: 'start' | 'login' | 'link' | 'unknown' }
  | { page: 'attend'; chatId: string | null }
  | { page: 'tickets'; id: string | null }
  | { page: AdminPage; id: string | null }
  | { page: 'replies' | 'profile' }

const adminPages: Record<string, AdminPage> = {
  '': 'overview',
  equipe: 'team',
  fila: 'queue',
  numeros: 'metrics',
  historico: 'history',
  rede: 'network',
  incidentes: 'incidents',
  usuarios: 'users',
  setores: 'departments',
  chaves: 'apiKeys',
  webhooks: 'webhooks',
  auditoria: 'audit',
}

export function parseRoute(path: string): Route {
  const [first, second = '', third = null, ...beyond] = path.replace(/^\/|\/$/g, '').split('/')
  if (beyond.length) return { page: 'unknown' }
  if (first === '') return { page: 'start' }
  if (first === 'login' && !second) return { page: 'login' }
  if (first === 'login' && second === 'senha' && !third) return { page: 'link' }
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
  team: ['QUEUE_MANAGE'],
  queue: ['QUEUE_MANAGE'],
  metrics: ['METRICS_VIEW'],
  history: ['CHAT_VIEW_ALL'],
  network: ['NETWORK_VIEW'],
  incidents: ['NETWORK_VIEW', 'QUEUE_MANAGE', 'NETWORK_MANAGE'],
  users: ['USER_MANAGE', 'QUEUE_MANAGE'],
  departments: ['DEPARTMENT_MANAGE'],
  apiKeys: ['API_KEY_MANAGE'],
  webhooks: ['WEBHOOK_MANAGE'],
  audit: ['AUDIT_VIEW'],
  replies: ['CHAT_ATTEND', 'QUEUE_MANAGE'],
  profile: [],
}

export const paths: Record<PanelPage, string> = {
  attend: '/meu-painel/',
  tickets: '/meu-painel/tickets',
  overview: '/admin/',
  team: '/admin/equipe',
  queue: '/admin/fila',
  metrics: '/admin/numeros',
  history: '/admin/historico',
  network: '/admin/rede',
  incidents: '/admin/incidentes',
  users: '/admin/usuarios',
  departments: '/admin/setores',
  apiKeys: '/admin/chaves',
  webhooks: '/admin/webhooks',
  audit: '/admin/auditoria',
  replies: '/meu-painel/respostas',
  profile: '/meu-painel/perfil',
}

/** Whether somebody with such rights may open a page. */
export const opensTo = (page: PanelPage, may: (permission: Permission) => boolean): boolean =>
  needs[page].length === 0 || needs[page].some(may)

/** Where the work of somebody with such rights is. */
export const homeOf = (may: (permission: Permission) => boolean): string =>
  paths[(Object.keys(needs) as PanelPage[]).find((page) => opensTo(page, may)) ?? 'attend']

export const pointPath = (id: string) => `/admin/rede/${id}`
export const incidentPath = (id: string) => `/admin/incidentes/${id}`
export const ticketPath = (id: string) => `/meu-painel/tickets/${id}`
/** Who may do what, beside the list of people. */
export const rightsPath = '/admin/usuarios/permissoes'
/** Who is kept out, at the same place. */
export const blocksPath = '/admin/usuarios/bloqueios'
export const teamChatPath = (id: string) => `/admin/equipe/${id}`
export const queueChatPath = (id: string) => `/admin/fila/${id}`
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
  return page === 'unknown' || page === 'login' || page === 'link' ? null : wanted
}

/** A path of ours that leads to a page which such a person may open. */
export function openableBy(may: (permission: Permission) => boolean, wanted: string | null): string | null {
  const target = safeTarget(wanted)
  const { page } = parseRoute(target?.split('?')[0] ?? '')
  return page in needs && opensTo(page as PanelPage, may) ? target : null
}
