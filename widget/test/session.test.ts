import { describe, expect, test, vi } from 'vitest';
import * as session from '../src/session/session';
import { siteChooses } from './site';

const outgoing = (clientId: string, at: number) => ({ clientId, body: `texto ${clientId}`, at });

describe('the session', () => {
  test('remembers a chat until it is forgotten', () => {
    session.remember({ chatId: 'c1', token: 't' });
    expect(session.credentials()).toEqual({ chatId: 'c1', token: 't' });
    session.forget('c1');
    expect(session.credentials()).toBeUndefined();
    expect(localStorage.length).toBe(0);
  });

  test('does not forget the next chat, which another tab has opened', () => {
    session.remember({ chatId: 'c2', token: 't2' });
    session.forget('c1');
    expect(session.credentials()?.chatId).toBe('c2');
  });

  test('keeps what waits in the order of writing, a message apart, until it is settled', () => {
    session.keepOutgoing('c1', outgoing('late', 2));
    session.keepOutgoing('c1', outgoing('early', 1));
    session.keepOutgoing('c10', outgoing('foreign', 0));
    expect(session.outbox('c1').map(({ clientId }) => clientId)).toEqual(['early', 'late']);
    session.settle('c1', 'early');
    expect(session.outbox('c1').map(({ clientId }) => clientId)).toEqual(['late']);
  });

  test('does not keep a refusal: after F5 the message is tried once more', () => {
    session.keepOutgoing('c1', { ...outgoing('a', 1), refused: 'não' });
    expect(session.outbox('c1')).toEqual([outgoing('a', 1)]);
  });

  test('belongs to one server', async () => {
    session.remember({ chatId: 'c1', token: 't' });
    vi.resetModules();
    siteChooses({}, 'https://other.example/widget.js');
    const other = await import('../src/session/session');
    expect(other.credentials()).toBeUndefined();
  });

  test('does without a storage that the visitor forbids, and reads rubbish as nothing', () => {
    localStorage.setItem('alidash https://desk.example/graphql chat', '{rubbish');
    expect(session.credentials()).toBeUndefined();
    vi.stubGlobal('localStorage', undefined);
    session.remember({ chatId: 'c1', token: 't' });
    expect(session.credentials()).toBeUndefined();
    expect(session.outbox('c1')).toEqual([]);
  });
});

describe('the draft', () => {
  test('survives F5 in its own tab', async () => {
    (await import('../src/session/draft')).setDraft('meia frase');
    vi.resetModules();
    expect((await import('../src/session/draft')).draft()).toBe('meia frase');
    expect(localStorage.length).toBe(0);
  });
});
