import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openChat } from '../src/chat/opening';
import { prove } from '../src/proof/proof';
import { solve } from '../src/proof/solve';
import { FakeServer, refuses } from './fake-server';

vi.mock('../src/transport/prove', () => ({ prove: async () => 'a proof' }));

const zeros = (text: string) => createHash('sha256').update(text).digest().readUInt32BE();

describe('a proof of work', () => {
  // Shorter than a block of SHA-256, about as long, longer, and as long as the desk's own.
  test.each([0, 40, 44, 45, 50, 55, 60, 100, 120])('is right for a challenge with %i more characters', async (length) => {
    const challenge = `1.8.${'a'.repeat(length)}`;
    const proof = await solve(challenge);
    expect(proof).toMatch(new RegExp(`^${challenge}:\\d+$`));
    expect(zeros(proof) >>> 24).toBe(0);
    // The first there is: that no earlier one would do shows that each was judged rightly.
    for (let n = 0; n < +proof.split(':')[1]; n++) expect(zeros(`${challenge}:${n}`) >>> 24).not.toBe(0);
  });

  test('is of the challenge that the desk gives, and says meanwhile what it does', async () => {
    const server = new FakeServer();
    const status = document.createElement('div');
    let said = '';
    server.usual['openingChallenge'] = () => {
      said = status.textContent!;
      return { data: { openingChallenge: '1.8.1795000000.0011223344556677.00112233445566778899aabbccddeeff' } };
    };
    expect(zeros(await prove('https://desk.example/graphql', false, status)) >>> 24).toBe(0);
    expect([said, status.textContent]).toEqual(['Um instante: preparando a conversa…', '']);
  });

  test('that cannot be had leaves no word behind', async () => {
    const server = new FakeServer();
    const status = document.createElement('div');
    server.usual['openingChallenge'] = () => ({ errors: [] });
    await expect(prove('https://desk.example/graphql', true, status)).rejects.toThrow();
    expect(status.textContent).toBe('');
  });
});

describe('an opening', () => {
  const opening = { name: 'Zé', departmentId: 'd1', message: 'Oi' };
  let server: FakeServer;
  const proofs = () => server.asked.filter(({ query }) => query.includes('openChat(')).map(({ variables }) => variables.input.proof);
  beforeEach(() => {
    localStorage.clear();
    server = new FakeServer();
  });

  test('that is asked for proof is tried once more with it', async () => {
    server.next['openChat('] = [refuses('PROOF_NEEDED')];
    expect(await openChat(opening)).toEqual([]);
    expect(proofs()).toEqual([undefined, 'a proof']);
  });

  test('whose proof is not taken is refused like any other, and not tried for ever', async () => {
    server.next['openChat('] = [refuses('PROOF_NEEDED'), refuses('PROOF_NEEDED')];
    expect(await openChat(opening)).toMatchObject([{ code: 'PROOF_NEEDED' }]);
    expect(proofs()).toEqual([undefined, 'a proof']);
  });
});
