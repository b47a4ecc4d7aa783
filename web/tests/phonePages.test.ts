import { expect, test } from 'vitest'
import { phonePages } from '../src/app/phonePages'

test('five pages all stand at the foot of a telephone', () => {
  expect(phonePages(['a', 'b', 'c', 'd', 'e'], 'a')).toEqual(['a', 'b', 'c', 'd', 'e'])
})

test('of more than five the first four stand there, beside the button for the others', () => {
  expect(phonePages(['a', 'b', 'c', 'd', 'e', 'f'], 'b')).toEqual(['a', 'b', 'c', 'd'])
  expect(phonePages(['a', 'b', 'c', 'd', 'e', 'f'], 'elsewhere')).toEqual(['a', 'b', 'c', 'd'])
})

test('the page of now is always among them', () => {
  expect(phonePages(['a', 'b', 'c', 'd', 'e', 'f'], 'f')).toEqual(['a', 'b', 'c', 'f'])
})
