import { beforeEach, describe, expect, test, vi } from 'vitest'
import { callIt, everything, exportPath, fieldName, periodOf, subjectOf, valueText } from '../src/admin/auditLog'
import { AuditLog } from '../src/admin/audit.svelte'
import { ask } from '../src/graphql/client'
import { dateTime } from '../src/time/dates'
import { speak } from './language'

vi.mock('../src/graphql/client', () => ({ ask: vi.fn(), tell: vi.fn() }))

const asked = vi.mocked(ask)
const page = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null }, totalCount: 0 }

beforeEach(() => {
  speak('pt-BR')
  asked.mockReset()
  asked.mockResolvedValue({ auditLog: page } as never)
})

describe('a period of days', () => {
  test('includes its last day, on the clock of who looks', () => {
    const period = periodOf('2026-11-01', '2026-11-30')
    expect(period).toEqual({
      from: new Date(2026, 10, 1).toISOString(),
      to: new Date(2026, 11, 1).toISOString(),
    })
  })
  test('may be open at either end', () => {
    expect(periodOf('2026-11-01', '')?.from).toBe(new Date(2026, 10, 1).toISOString())
    expect(periodOf('', '2026-11-30')?.to).toBe(new Date(2026, 11, 1).toISOString())
    expect(periodOf('', '')).toBeNull()
  })
})

describe('the file of an export', () => {
  test('holds everything where nothing is narrowed', () => {
    expect(exportPath('csv', everything)).toBe('/exports/audit.csv')
  })
  test('holds what the table shows', () => {
    const wanted = {
      ...everything,
      actor: { id: 'u1', name: 'Ana & Co' },
      action: 'update_user',
      fromDay: '2026-11-01',
    }
    const path = new URL(exportPath('json', wanted), 'https://desk.example')
    expect(path.pathname).toBe('/exports/audit.json')
    expect(Object.fromEntries(path.searchParams)).toMatchObject({
      actorId: 'u1',
      action: 'update_user',
      from: new Date(2026, 10, 1).toISOString(),
    })
    expect(path.searchParams.has('objectId')).toBe(false)
  })
})

describe('who and what', () => {
  test('are called by their names', () => expect(callIt('user:0123456789', 'Ana')).toBe('Ana'))
  test('are told apart by their ids where they have none', () => {
    expect(callIt('user:0123456789', null)).toBe('Pessoa …456789')
    expect(callIt('rocket:0123456789', null)).toBe('rocket …456789')
  })
  test('are no filter where there is no id', () => {
    expect(callIt('system', null)).toBe('Sistema')
    expect(subjectOf('system', null)).toBeNull()
    expect(subjectOf('user:0123456789', 'Ana')).toEqual({ id: '0123456789', name: 'Ana' })
  })
})

describe('a changed value', () => {
  const names = new Map([['d1', 'Técnico'], ['d2', 'Comercial']]) // prettier-ignore
  test.each([
    ['name', 'Ana', 'Ana'],
    ['name', null, '—'],
    ['name', '', '—'],
    ['active', 'true', 'Sim'],
    ['active', 'false', 'Não'],
    ['capacity', '5', '5'],
    ['wait_target', 'PT1M', '00:01:00'],
    ['priority', 'HIGH', 'Alta'],
    ['role', 'AGENT', 'Atendimento'],
    ['department_id', 'd1', 'Técnico'],
    ['departments', '["d1", "d2", "d3"]', 'Técnico, Comercial, d3'],
    ['parent_id', '0190a5f2-7c1e-7abc-8def-0123456789ab', '…6789ab'],
    ['access_points', '["d1", "0190a5f2-7c1e-7abc-8def-0123456789ab"]', 'Técnico, …6789ab'],
    ['permissions', '[]', '—'],
    ['body', '[not a list', '[not a list'],
    ['audience', 'EVERYONE', 'Todos'],
    ['status', 'ACTIVE', 'Em atendimento'],
    ['status', 'PAUSED', 'Em pausa'],
    ['status', 'RESOLVED', 'Encerrada'],
    ['events', '["CHAT_OPENED"]', 'Atendimento aberto'],
    ['routing', 'AUTOMATIC', 'Automática: vai ao mais livre'],
    ['kind', 'HEARTBEAT', 'O equipamento avisa'],
    ['expected_at', '2026-03-02T15:00:00Z', dateTime('2026-03-02T15:00:00Z')],
    ['message', '2026-03-02 às 15h', '2026-03-02 às 15h'],
  ])('%s %s reads %s', (field, value, text) => expect(valueText(field, value, names)).toBe(text))

  test('of a field that this panel does not know keeps its name', () => {
    expect(fieldName('wait_target')).toBe('Meta de espera')
    expect(fieldName('warp_factor')).toBe('warp_factor')
  })
})

describe('the log', () => {
  test('asks for what it is narrowed to, and keeps the rest as it was', async () => {
    const audit = new AuditLog()
    audit.narrow({ actor: { id: 'u1', name: 'Ana' } })
    audit.narrow({ action: 'sign_in' })
    await vi.waitFor(() => expect(audit.list.loading).toBe(false))
    expect(asked.mock.lastCall?.[1]).toEqual({
      actorId: 'u1',
      objectId: null,
      action: 'sign_in',
      period: null,
      first: 50,
      after: null,
    })
    expect(audit.narrowed).toBe(true)
  })

  test('shows everything again once it is widened', async () => {
    const audit = new AuditLog()
    audit.narrow({ fromDay: '2026-11-01', object: { id: 'd1', name: 'Técnico' } })
    audit.widen()
    await vi.waitFor(() => expect(audit.list.loading).toBe(false))
    expect(asked.mock.lastCall?.[1]).toMatchObject({ objectId: null, period: null })
    expect(audit.narrowed).toBe(false)
  })
})
