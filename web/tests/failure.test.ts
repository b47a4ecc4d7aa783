import { expect, test } from 'vitest'
import { Act } from '../src/graphql/act.svelte'
import { accepted, Failure } from '../src/graphql/failure'

const wrong = (name: string | null, message: string) => ({
  code: 'INVALID',
  message,
  field: name ? ['input', name] : null,
})

async function refused(...userErrors: ReturnType<typeof wrong>[]): Promise<Act> {
  const act = new Act()
  await act.run(async () => void accepted({ userErrors }))
  return act
}

test('each field shows what is wrong with it, and nothing is told twice', async () => {
  const act = await refused(wrong('shortcut', 'Use hífens.'), wrong('body', 'Escreva algo.'))
  expect([act.at('shortcut'), act.at('body'), act.at('title')]).toEqual(['Use hífens.', 'Escreva algo.', undefined])
  expect(act.general(['shortcut', 'body'])).toBeUndefined()
})

test('what belongs to no field that is shown is told as a whole', async () => {
  const act = await refused(wrong('shortcut', 'Use hífens.'), wrong('scope', 'Escolha.'), wrong(null, 'Cheio.'))
  expect(act.general(['shortcut'])).toBe('Escolha.')
  expect((await refused(wrong(null, 'Cheio.'))).general()).toBe('Cheio.')
})

test('a failure on the way has a sentence of our own', async () => {
  const act = new Act()
  await act.run(async () => Promise.reject(new Failure('FORBIDDEN')))
  expect(act.general(['body'])).toBe('Seu perfil não permite fazer isto.')
})
