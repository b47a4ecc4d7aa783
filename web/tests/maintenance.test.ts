import { expect, test } from 'vitest'
import { MaintenanceDraft, toldFrom, type Planned } from '../src/admin/maintenanceDraft.svelte'

const work: Planned = {
  id: 'm1',
  title: 'Troca de fibra',
  startsAt: '2026-11-28T05:00:00Z',
  endsAt: '2026-11-28T07:00:00Z',
  weekly: false,
  audience: 'EVERYONE',
  message: 'A internet pode oscilar.',
}

test('customers are told from 72 hours before, or from now on where that is past', () => {
  const begin = Date.parse(work.startsAt)
  expect(toldFrom(work.startsAt, begin - 73 * 3_600_000)).toBe('2026-11-25T05:00:00.000Z')
  expect(toldFrom(work.startsAt, begin - 72 * 3_600_000)).toBeNull()
  expect(toldFrom(work.startsAt, begin + 1)).toBeNull()
})

test('what is written is what is sent, and who tells nobody sends no words', () => {
  const draft = new MaintenanceDraft(work)
  expect(draft.words()).toEqual({ title: work.title, audience: 'EVERYONE', message: work.message })
  draft.told = 'NOBODY'
  expect(draft.words()).toEqual({ title: work.title, audience: null, message: '' })
  expect(new MaintenanceDraft().words()).toEqual({ title: '', audience: null, message: '' })
})
