import { beforeEach, expect, test } from 'vitest'
import { keepDraft, readDraft } from '../src/agent/drafts'
import { takeTab } from '../src/app/tab'
import { stubTab } from './storage'

stubTab()
beforeEach(() => sessionStorage.clear())

test('a tab is whose who comes first, and keeps what they wrote when they come back', () => {
  expect(takeTab('ana')).toBe(true)
  keepDraft('chat', 'Já vejo')
  expect(takeTab('ana')).toBe(true)
  expect(readDraft('chat')).toBe('Já vejo')
})

test('the next person finds nothing of the one before', () => {
  takeTab('ana')
  keepDraft('chat', 'Já vejo')
  expect(takeTab('bia')).toBe(false)
  expect(readDraft('chat')).toBe('')
  expect(takeTab('bia')).toBe(true)
})
