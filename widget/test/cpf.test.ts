import { describe, expect, test } from 'vitest';
import { cpfDigits, isCpf, maskCpf } from '../src/cpf';

describe('a CPF', () => {
  test.each(['529.982.247-25', '52998224725', '111.444.777-35', ' 529 982 247 25 '])('%s is accepted', (typed) => {
    expect(isCpf(typed)).toBe(true);
  });

  test.each(['529.982.247-24', '529.982.247-35', '12345678900', '5299822472', '', 'abc'])('%j is refused', (typed) => {
    expect(isCpf(typed)).toBe(false);
  });

  test.each([...'0123456789'])('of eleven times %s is refused although its check digits fit', (digit) => {
    expect(isCpf(digit.repeat(11))).toBe(false);
  });

  test.each([
    ['', ''],
    ['529', '529'],
    ['5299', '529.9'],
    ['529982', '529.982'],
    ['5299822', '529.982.2'],
    ['529982247', '529.982.247'],
    ['5299822472', '529.982.247-2'],
    ['52998224725', '529.982.247-25'],
    ['529.982.247-25', '529.982.247-25'],
    ['529982247259999', '529.982.247-25'],
    ['52a9', '529'],
  ])('typed as %j is shown as %j', (typed, shown) => {
    expect(maskCpf(typed)).toBe(shown);
  });

  test('gives up everything but its digits', () => {
    expect(cpfDigits('529.982.247-25 x')).toBe('52998224725');
  });
});
