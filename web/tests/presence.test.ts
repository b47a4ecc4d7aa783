import { afterEach, describe, expect, test } from 'vitest'
import { chosenName, isAway, reasonName } from '../src/app/presence'
import { speak } from './language'

const standing = { chosen: 'ONLINE', reason: null, present: true } as const

afterEach(() => {
  speak('pt-BR')
})

describe('a pause', () => {
  test('is stored in Portuguese and read in English', () => {
    expect(reasonName('Almoço')).toBe('Almoço')
    speak('en')
    expect(reasonName('Almoço')).toBe('Lunch')
    expect(reasonName('Sem resposta')).toBe('No answer')
  })

  test('that only this deployment knows is shown as it is written there', () => {
    speak('en')
    expect(reasonName('Vistoria')).toBe('Vistoria')
  })

  test('is shown by its reason', () => {
    expect(chosenName({ chosen: 'PAUSED', reason: 'Café', present: true })).toBe('Café')
    expect(chosenName({ chosen: 'PAUSED', reason: null, present: true })).toBe('Em pausa')
  })
})

describe('a choice', () => {
  test('counts while its maker is present', () => expect(isAway(standing)).toBe(false))
  test('does not count without a connection', () => expect(isAway({ ...standing, present: false })).toBe(true))
  test('to be unavailable needs no connection', () =>
    expect(isAway({ chosen: 'OFFLINE', reason: null, present: false })).toBe(false))
})
