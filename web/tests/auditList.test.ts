import { expect, test, vi } from 'vitest'
import { AuditLog } from '../src/admin/audit.svelte'
import { ask } from '../src/graphql/client'
import { Failure } from '../src/graphql/failure'

vi.mock('../src/graphql/client', () => ({ ask: vi.fn() }))

const page = { auditLog: { nodes: [], pageInfo: { hasNextPage: false, endCursor: null }, totalCount: 0 } }
const facts = { departments: [], auditActions: [], auditVerification: null }
const settled = () => new Promise((done) => setTimeout(done))

test('a list that could not be read anew is the answer to the old question, not to the new one', async () => {
  vi.mocked(ask).mockResolvedValueOnce(page).mockResolvedValueOnce(facts)
  const audit = new AuditLog()
  await settled()
  expect([audit.current, audit.list.error]).toEqual([true, undefined])
  vi.mocked(ask).mockRejectedValueOnce(new Failure('NETWORK'))
  audit.narrow({ action: 'sign_in' })
  await settled()
  expect([audit.current, audit.list.error?.code, audit.list.data]).toEqual([false, 'NETWORK', page.auditLog])
  vi.mocked(ask).mockResolvedValueOnce(page)
  await audit.list.reload()
  expect([audit.current, audit.list.error]).toEqual([true, undefined])
  // The same question once more: what is shown is still its answer, from before.
  vi.mocked(ask).mockRejectedValueOnce(new Failure('NETWORK'))
  await audit.list.reload()
  expect([audit.current, audit.list.error?.code]).toEqual([true, 'NETWORK'])
})
