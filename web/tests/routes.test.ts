import { describe, expect, test } from 'vitest'
import { openableBy, parseRoute, safeTarget, type Permission } from '../src/app/routes'

describe('an address', () => {
  test.each([
    ['/', { page: 'start' }],
    ['/login/', { page: 'login' }],
    ['/login/senha', { page: 'link' }],
    ['/meu-painel/', { page: 'attend', chatId: null }],
    ['/meu-painel/chat/c1', { page: 'attend', chatId: 'c1' }],
    ['/meu-painel/tickets', { page: 'tickets', id: null }],
    ['/meu-painel/tickets/c1', { page: 'tickets', id: 'c1' }],
    ['/meu-painel/respostas', { page: 'replies' }],
    ['/meu-painel/perfil', { page: 'profile' }],
    ['/meu-painel/perfil/c1', { page: 'unknown' }],
    ['/meu-painel/respostas/c1', { page: 'unknown' }],
    ['/admin/', { page: 'overview', id: null }],
    ['/admin/numeros', { page: 'metrics', id: null }],
    ['/admin/usuarios', { page: 'users', id: null }],
    ['/admin/auditoria', { page: 'audit', id: null }],
    ['/admin/incidentes/i1', { page: 'incidents', id: 'i1' }],
    ['/admin/webhooks/w1', { page: 'webhooks', id: 'w1' }],
    ['/admin/historico/c1', { page: 'history', id: 'c1' }],
    ['/admin/constructor', { page: 'unknown' }],
    ['/elsewhere', { page: 'unknown' }],
  ])('%s opens its page', (path, route) => expect(parseRoute(path)).toEqual(route))
})

describe('the way back after signing in', () => {
  test('leads to a page of ours', () => expect(safeTarget('/admin/usuarios')).toBe('/admin/usuarios'))
  test.each([
    '//evil.example',
    '/\\evil.example',
    'javascript:alert(1)',
    '/login/',
    '/login/senha',
    '/elsewhere',
    null,
  ])('never leads to %s', (wanted) => expect(safeTarget(wanted)).toBeNull())
})

describe('the link of a notification', () => {
  const holding =
    (...permissions: Permission[]) =>
    (permission: Permission) =>
      permissions.includes(permission)
  test.each([
    ['/meu-painel/chat/c1', ['CHAT_ATTEND'], '/meu-painel/chat/c1'],
    ['/meu-painel/chat/c1', ['NETWORK_VIEW'], null],
    ['/admin/rede/p1', ['NETWORK_VIEW'], '/admin/rede/p1'],
    ['/admin/incidentes/i1', ['QUEUE_MANAGE'], '/admin/incidentes/i1'],
    ['/admin/incidentes/i1', ['CHAT_ATTEND'], null],
    ['/admin/webhooks', ['CHAT_ATTEND'], null],
    ['//evil.example', ['CHAT_ATTEND'], null],
    [null, ['CHAT_ATTEND'], null],
  ] as const)('%s for who holds %j leads to %s', (link, held, target) =>
    expect(openableBy(holding(...held), link)).toBe(target),
  )
})
