import { compress, START } from './sha256';

const BLOCK = 64;
/** Bytes that end a text: a one, and its length. */
const ENDING = 9;
/** Milliseconds of work between two breaths: shorter than a frame, so that the page stays usable. */
const SLICE = 12;
const breath = () => new Promise((resume) => setTimeout(resume));

/** The first `<challenge>:<n>` whose SHA-256 begins with so many zero bits as the challenge says, at most 32. */
export async function solve(challenge: string): Promise<string> {
  const bits = +challenge.split('.')[1];
  const begins = challenge + ':';
  // What is the same in each try is read once.
  const known = begins.length - (begins.length % BLOCK);
  let state: Int32Array = START;
  for (let at = 0; at < known; at += BLOCK) state = compress(state, view(begins.slice(at, at + BLOCK)));
  let until = performance.now() + SLICE;
  for (let n = 0; ; n++) {
    const rest = begins.slice(known) + n;
    if (!(hash(state, rest, known) >>> (32 - bits))) return begins + n;
    if (n % 64 || performance.now() < until) continue;
    await breath();
    until = performance.now() + SLICE;
  }
}

/** The first 32 bits of the digest of a text whose first `known` bytes made `state`. */
function hash(state: Int32Array, rest: string, known: number): number {
  const size = Math.ceil((rest.length + ENDING) / BLOCK) * BLOCK;
  const bytes = view(rest, size);
  bytes.setUint8(rest.length, 0x80);
  bytes.setUint32(size - 4, (known + rest.length) * 8);
  for (let at = 0; at < size; at += BLOCK) state = compress(state, new DataView(bytes.buffer, at, BLOCK));
  return state[0];
}

/** A text of ASCII as bytes. */
function view(text: string, size = text.length): DataView {
  const bytes = new Uint8Array(size);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new DataView(bytes.buffer);
}
