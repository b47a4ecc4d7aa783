import { describe, expect, test } from 'vitest'
import { parseRoute, safeTarget } from '../src/app/routes'

describe('an address', () => {
  test.each([
    ['/', { page: 'start' }],
    ['/login/', { page: 'login' }],
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
    ['/admin/historico/c1', { page: 'history', id: 'c1' }],
    ['/admin/constructor', { page: 'unknown' }],
    ['/elsewhere', { page: 'unknown' }],
  ])('%s opens its page', (path, route) => expect(parseRoute(path)).toEqual(route))
})

describe('the way back after signing in', () => {
  test('leads to a page of ours', () => expect(safeTarget('/admin/usuarios')).toBe('/admin/usuarios'))
  test.each(['//evil.example', '/\\evil.example', 'javascript:alert(1)', '/login/', '/elsewhere', null])(
    'never leads to %s',
    (wanted) => expect(safeTarget(wanted)).toBeNull(),
  )
})
