import { expect, test } from 'vitest'
import { en } from '../src/texts/en'
import { ptBR } from '../src/texts/pt-BR'

function leaves(value: object, path = ''): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [key, inner] of Object.entries(value)) {
    const here = path ? `${path}.${key}` : key
    if (inner && typeof inner === 'object') for (const [name, leaf] of leaves(inner, here)) found.set(name, leaf)
    else found.set(here, inner)
  }
  return found
}

const portuguese = leaves(ptBR)
const english = leaves(en)

test('English says everything that Portuguese says, and nothing else', () => {
  expect([...english.keys()].sort()).toEqual([...portuguese.keys()].sort())
})

test('no text is empty, and both languages take the same values', () => {
  for (const [name, text] of portuguese) {
    const other = english.get(name)
    expect(typeof other, name).toBe(typeof text)
    if (typeof text === 'string') expect(text.trim(), name).not.toBe('')
    if (typeof other === 'string') expect(other.trim(), name).not.toBe('')
  }
})
