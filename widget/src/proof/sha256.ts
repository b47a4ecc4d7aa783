// Begun by hand, since WebCrypto answers each of thousands of short texts by a promise, and only on pages with TLS.

/** The first 64 primes give SHA-256 its constants: the fractions of their roots. */
const primes: number[] = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
const fraction = (root: number) => (root * 2 ** 32) | 0;
const K = Int32Array.from(primes, (prime) => fraction(prime ** (1 / 3)));
/** Where every text begins. */
export const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(prime ** 0.5));

const W = new Int32Array(64);
const turn = (x: number, by: number) => (x >>> by) | (x << (32 - by));

/** The state after one more block of 64 bytes. */
export function compress(state: Int32Array, block: DataView): Int32Array {
  for (let i = 0; i < 16; i++) W[i] = block.getInt32(i * 4);
  for (let i = 16; i < 64; i++) {
    const [x, y] = [W[i - 15], W[i - 2]];
    W[i] = W[i - 16] + W[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10));
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  return [a, b, c, d, e, f, g, h].reduce((sum, word, i) => ((sum[i] = state[i] + word), sum), new Int32Array(8));
}
