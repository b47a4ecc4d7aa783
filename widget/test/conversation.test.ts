import { beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeServer, fails, isUnreachable, refuses } from './fake-server';
import { FakeSocket, useFakeSockets } from './fake-socket';

const opening = { name: 'João', cpf: '52998224725', departmentId: 'd1', message: 'Sem internet' };
const later = (seconds = 31) => vi.advanceTimersByTimeAsync(seconds * 1000);
let server: FakeServer;

/** The page is loaded: the modules are new, the storage is not. */
async function pageLoads() {
  vi.resetModules();
  useFakeSockets();
  const [current, following, sending, opening, acting, tabs, draft, session] = await Promise.all([
    import('../src/chat/current'),
    import('../src/chat/following'),
    import('../src/chat/sending'),
    import('../src/chat/opening'),
    import('../src/chat/acting'),
    import('../src/chat/tabs'),
    import('../src/session/draft'),
    import('../src/session/session'),
  ]);
  const known = session.credentials();
  if (known) following.follow(known);
  return { ...current, ...following, ...sending, ...opening, ...acting, ...tabs, ...draft, session };
}
let widget: Awaited<ReturnType<typeof pageLoads>>;
const bodies = () => widget.current().messages.map(({ body }) => body);
const waiting = () => widget.current().outbox.map(({ body }) => body);
const delivers = (event: object, cursor: string | null = '2') =>
  FakeSocket.last.says({ type: 'next', id: '1', payload: { data: { chatEvents: { cursor, event } } } });

async function opened() {
  await widget.openChat(opening);
  await later(0);
  FakeSocket.last.accepts();
}

beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  widget = await pageLoads();
});

describe('opening a chat', () => {
  test('remembers the chat and its token, and never the CPF', async () => {
    await opened();
    expect(widget.session.credentials()).toEqual({ chatId: 'c1', token: 'secret' });
    const kept = JSON.stringify([{ ...localStorage }, { ...sessionStorage }]);
    expect(kept).not.toMatch(/529|982/);
  });

  test('repeats with the same id when the answer was lost', async () => {
    server.next['openChat('] = [isUnreachable];
    await expect(widget.openChat(opening)).rejects.toBe('NETWORK');
    await widget.openChat(opening);
    const [first, second] = server.asked.filter(({ query }) => query.includes('openChat('));
    expect(second.variables.input.clientId).toBe(first.variables.input.clientId);
  });

  test('repeats with the same id even after F5', async () => {
    server.next['openChat('] = [isUnreachable];
    await expect(widget.openChat(opening)).rejects.toBe('NETWORK');
    widget = await pageLoads();
    await widget.openChat(opening);
    expect(new Set(server.asked.filter(({ query }) => query.includes('openChat(')).map(({ variables }) => variables.input.clientId)).size).toBe(1);
  });

  test.each([refuses('CONFLICT'), fails('IDEMPOTENCY_MISMATCH')])('takes a new id when the kept one belonged to other words', async (answer) => {
    server.next['openChat('] = [isUnreachable, answer];
    await expect(widget.openChat(opening)).rejects.toBe('NETWORK');
    expect(await widget.openChat({ ...opening, message: 'outra coisa' })).toEqual([]);
    const ids = server.asked.filter(({ query }) => query.includes('openChat(')).map(({ variables }) => variables.input.clientId);
    expect([ids[0] == ids[1], ids[1] == ids[2]]).toEqual([true, false]);
  });

  test('hands back what the server did not accept, and opens nothing', async () => {
    server.next['openChat('] = [refuses('INVALID', 'CPF inválido.')];
    expect(await widget.openChat(opening)).toMatchObject([{ message: 'CPF inválido.' }]);
    expect(widget.session.credentials()).toBeUndefined();
  });
});

describe('a message', () => {
  beforeEach(opened);

  test('shows at once and is acknowledged once, though answer and delivery both bring it', async () => {
    widget.write('oi');
    expect(waiting()).toEqual(['oi']);
    await later(0);
    delivers({ __typename: 'MessageSent', message: server.messages[0] });
    expect([waiting(), bodies(), localStorage.length]).toEqual([[], ['oi'], 1]);
  });

  test('is sent again with the same id until the server answers, and stored once', async () => {
    server.next['sendMessage('] = [isUnreachable, fails('UNAVAILABLE'), ({ body, clientId }) => (server.store(body, clientId), Promise.reject('answer lost'))];
    widget.write('oi');
    await later(120);
    expect([server.messages.length, server.countOf('sendMessage('), waiting(), bodies()]).toEqual([1, 4, [], ['oi']]);
  });

  test('survives F5 and a restarted server: nothing lost, nothing twice, in order', async () => {
    server.next['sendMessage('] = [({ body, clientId }) => (server.store(body, clientId), Promise.reject('server killed')), isUnreachable];
    widget.write('um');
    widget.write('dois');
    await later(0);
    widget = await pageLoads();
    expect(waiting()).toEqual(['um', 'dois']);
    await later(120);
    expect([bodies(), waiting(), server.messages.length]).toEqual([['um', 'dois'], [], 2]);
  });

  test('waits its turn: a later one never overtakes it', async () => {
    server.next['sendMessage('] = [fails('RATE_LIMITED')];
    widget.write('um');
    widget.write('dois');
    await later(60);
    expect(server.messages.map(({ body }) => body)).toEqual(['um', 'dois']);
  });

  test('that the server refuses for good is marked, lets the next one pass, and can be tried again', async () => {
    server.next['sendMessage('] = [refuses('INVALID', 'Texto recusado.')];
    widget.write('feio');
    widget.write('bonito');
    await later(0);
    expect(widget.current().outbox).toMatchObject([{ body: 'feio', refused: 'Texto recusado.' }]);
    expect(bodies()).toEqual(['bonito']);
    widget.write('feio', widget.current().outbox[0].clientId);
    await later(0);
    expect(bodies()).toEqual(['bonito', 'feio']);
  });

  test('for a chat that has just been closed goes back to its writer, and the chat can still be rated', async () => {
    server.next['sendMessage('] = [refuses('CHAT_CLOSED')];
    widget.write('tarde demais');
    await later(0);
    expect(widget.current()).toMatchObject({ outbox: [], chat: { status: 'CLOSED' }, credentials: { token: 'secret' } });
    expect(widget.draft()).toBe('tarde demais');
    expect(widget.session.outbox('c1')).toEqual([]);
  });

  test('with a token that has ended goes back to its writer, and the conversation is over', async () => {
    server.next['sendMessage('] = [refuses('UNAUTHENTICATED')];
    widget.setDraft('começo');
    widget.write('tarde demais');
    await later(0);
    expect(widget.current()).toMatchObject({ over: true, outbox: [], credentials: undefined });
    expect(widget.draft()).toBe('começo\ntarde demais');
    expect(localStorage.length).toBe(0);
  });
});

describe('an expired token', () => {
  test('leads back to the form after F5', async () => {
    await opened();
    server.next['chat(id'] = [fails('UNAUTHENTICATED')];
    widget = await pageLoads();
    await later(0);
    expect(widget.current()).toEqual({ over: true, messages: [], outbox: [] });
    expect(widget.session.credentials()).toBeUndefined();
  });
});

describe('the customer', () => {
  beforeEach(opened);

  test('is said to type at most once in three seconds', async () => {
    for (const pause of [0, 1, 1, 1.5]) {
      await later(pause);
      widget.markTyping();
    }
    expect(server.countOf('setTyping(')).toBe(2);
  });

  test('sees the agent type for five seconds', async () => {
    delivers({ __typename: 'TypingShown', by: 'AGENT', name: 'Ana' }, null);
    await later(4.9);
    expect(widget.current().typing).toBe('Ana');
    await later(0.2);
    expect(widget.current().typing).toBeUndefined();
  });

  test('has read a message once, and says so once', async () => {
    delivers({ __typename: 'MessageSent', message: { id: 'x', seq: 9, sender: 'AGENT', kind: 'TEXT', body: 'oi', clientId: null, sentAt: '' } });
    widget.markRead();
    widget.markRead();
    expect(server.asked.filter(({ query }) => query.includes('markRead(')).map(({ variables }) => variables)).toEqual([{ id: 'c1', seq: 9 }]);
  });
});

describe('two tabs of one site', () => {
  const CHAT = 'alidash https://desk.example/graphql chat';

  test('share the chat that one of them opened', async () => {
    widget.session.remember({ chatId: 'c1', token: 'secret' });
    widget.shared(CHAT);
    expect(widget.current().credentials?.token).toBe('secret');
  });

  test('show what the other one sends, once', async () => {
    await opened();
    widget.session.keepOutgoing('c1', { clientId: 'theirs', body: 'da outra aba', at: 1 });
    widget.shared('alidash https://desk.example/graphql out c1 theirs');
    widget.shared('alidash https://desk.example/graphql out c1 theirs');
    expect(waiting()).toEqual(['da outra aba']);
    delivers({ __typename: 'MessageSent', message: server.store('da outra aba', 'theirs') });
    expect([waiting(), bodies()]).toEqual([[], ['da outra aba']]);
  });

  test('both leave a chat that one of them left', async () => {
    await opened();
    widget.session.forget('c1');
    widget.shared(CHAT);
    expect(widget.current().credentials).toBeUndefined();
  });

  test('do not listen to what the site itself keeps', async () => {
    await opened();
    widget.session.forget('c1');
    widget.shared('cart');
    expect(widget.current().credentials).toBeDefined();
  });
});
