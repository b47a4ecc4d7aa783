/** The digits of what was typed, at most the eleven of a CPF. */
export const cpfDigits = (typed: string): string => typed.replace(/\D/g, '').slice(0, 11);

/** Writes what was typed so far as 000.000.000-00. */
export const maskCpf = (typed: string): string =>
  cpfDigits(typed)
    .replace(/^(...)(.)/, '$1.$2')
    .replace(/^(.{7})(.)/, '$1.$2')
    .replace(/^(.{11})(.)/, '$1-$2');

/** True for eleven digits whose two check digits fit; eleven times the same digit fits too, yet belongs to nobody. */
export const isCpf = (typed: string): boolean => {
  const digits = cpfDigits(typed);
  return /^(.)(?!\1{10}).{10}$/.test(digits) && [9, 10].every((length) => checkDigit(digits, length) == +digits[length]);
};

function checkDigit(digits: string, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += +digits[i] * (length + 1 - i);
  return ((sum * 10) % 11) % 10;
}
