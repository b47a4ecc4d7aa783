import { expect, test, vi } from 'vitest'
import { tell } from '../src/graphql/client'
import { deviceOf } from '../src/profile/device'
import { deviceName, Sessions } from '../src/profile/sessions.svelte'

vi.mock('../src/graphql/client', () => ({ ask: vi.fn(async () => ({ sessions: [] })), tell: vi.fn() }))

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) '

test.each([
  [`${windows}Chrome/131.0.0.0 Safari/537.36`, 'Chrome', 'Windows'],
  [`${windows}Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0`, 'Edge', 'Windows'],
  [`${windows}Chrome/131.0.0.0 Safari/537.36 OPR/116.0.0.0`, 'Opera', 'Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0', 'Firefox', 'Linux'],
  ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/131.0.0.0 Mobile Safari/537.36', 'Chrome', 'Android'],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile/15E148 Safari/604.1',
    'Safari',
    'iPhone',
  ],
  ['curl/8.5.0', null, null],
  [null, null, null],
])('%s is called by what people know', (agent, browser, system) => expect(deviceOf(agent)).toEqual({ browser, system }))

test('a session is named by its device, a program by itself', () => {
  expect(deviceName({ program: false, userAgent: `${windows}Chrome/131.0.0.0` })).toBe('Chrome no Windows')
  expect(deviceName({ program: false, userAgent: 'Linux' })).toBe('Linux')
  expect(deviceName({ program: false, userAgent: null })).toBe('Dispositivo desconhecido')
  expect(deviceName({ program: true, userAgent: 'curl/8.5.0' })).toBe('Programa: curl/8.5.0')
})

const row = (id: string) => ({
  id,
  program: false,
  current: false,
  createdAt: '2026-11-23T12:00:00Z',
  lastSeenAt: '2026-11-23T12:00:00Z',
  address: null,
  name: null,
  scopes: null,
  expiresAt: null,
  userAgent: null,
})

test('a session that was ended leaves the list; one that was refused stays', async () => {
  const sessions = new Sessions()
  await sessions.reload()
  sessions.data = [row('1'), row('2')]
  vi.mocked(tell).mockResolvedValueOnce({ revokeSession: { done: true, userErrors: [] } })
  await sessions.end('1')
  expect(sessions.data.map(({ id }) => id)).toEqual(['2'])
  const refusal = { code: 'NOT_FOUND', message: 'Gone.', field: ['id'] }
  vi.mocked(tell).mockResolvedValueOnce({ revokeSession: { done: false, userErrors: [refusal] } })
  await expect(sessions.end('2')).rejects.toThrow('Gone.')
  expect(sessions.data.map(({ id }) => id)).toEqual(['2'])
})
