import { beforeEach, describe, expect, test, vi } from 'vitest';
import { followChat } from '../src/transport/live';
import { FakeSocket, useFakeSockets } from './fake-socket';

const links: string[] = [];
const gone = vi.fn();
const next = vi.fn();
const load = vi.fn(async () => {
  cursor = 'loaded';
});
let cursor = '';
let following: ReturnType<typeof followChat>;

const later = (seconds = 31) => vi.advanceTimersByTimeAsync(seconds * 1000);

async function start() {
  following = followChat({
    init: { token: 'secret', locale: 'en' },
    subscription: () => ({ query: 'subscription', variables: { after: cursor } }),
    load,
    next,
    gone,
    resumable: () => !!cursor,
    resync: () => (cursor = ''),
    linked: (link) => void links.push(link),
  });
  await later(0);
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  useFakeSockets();
  links.length = 0;
  cursor = '';
  await start();
});

describe('following a chat', () => {
  test('reads it first, then subscribes from what it read', () => {
    FakeSocket.last.accepts();
    expect(load).toHaveBeenCalledOnce();
    expect(FakeSocket.last).toMatchObject({ url: 'wss://desk.example/graphql', protocol: 'graphql-transport-ws' });
    expect(FakeSocket.last.sent[0]).toEqual({ type: 'connection_init', payload: { token: 'secret', locale: 'en' } });
    expect(FakeSocket.last.subscribed).toEqual({ after: 'loaded' });
    expect(links).toEqual(['live']);
  });

  test('hands on what is delivered and answers pings', () => {
    FakeSocket.last.accepts();
    FakeSocket.last.says({ type: 'next', id: '1', payload: { data: { chatEvents: 1 } } });
    FakeSocket.last.says({ type: 'ping' });
    expect(next).toHaveBeenCalledExactlyOnceWith({ chatEvents: 1 });
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: 'pong' });
  });

  test('comes back after a restart of the server and resumes from the last cursor without reading again', async () => {
    FakeSocket.last.accepts();
    cursor = 'last event';
    FakeSocket.last.breaks(1012);
    expect(links).toEqual(['live', 'connecting']);
    await later(1.1);
    FakeSocket.last.accepts();
    expect(FakeSocket.all.length).toBe(2);
    expect(FakeSocket.last.subscribed).toEqual({ after: 'last event' });
    expect(load).toHaveBeenCalledOnce();
    expect(links.at(-1)).toBe('live');
  });

  test('waits at least half a second, and longer after each failure', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    FakeSocket.last.breaks();
    await later(0.9);
    expect(FakeSocket.all.length).toBe(1);
    await later(0.2);
    expect(FakeSocket.all.length).toBe(2);
    FakeSocket.last.breaks();
    await later(1.4);
    expect(FakeSocket.all.length).toBe(2);
    await later(0.2);
    expect(FakeSocket.all.length).toBe(3);
  });

  test('gives up a connection that stays silent over a ping', async () => {
    FakeSocket.last.accepts();
    await later(12.5);
    expect(FakeSocket.last.sent.at(-1)).toEqual({ type: 'ping' });
    FakeSocket.last.says({ type: 'pong' });
    await later(12);
    expect(FakeSocket.last.closed).toBe(false);
    await later(12);
    expect(FakeSocket.all[0].closed).toBe(true);
    expect(links).toContain('connecting');
  });

  test('after LAGGED resumes from the last cursor', async () => {
    FakeSocket.last.accepts();
    cursor = 'before the lag';
    FakeSocket.last.ends('LAGGED');
    await later();
    FakeSocket.last.accepts();
    expect(FakeSocket.last.subscribed).toEqual({ after: 'before the lag' });
    expect(load).toHaveBeenCalledOnce();
  });

  test('after RESYNC reads again and subscribes from there', async () => {
    FakeSocket.last.accepts();
    FakeSocket.last.ends('RESYNC');
    await later();
    FakeSocket.last.accepts();
    expect(load).toHaveBeenCalledTimes(2);
    expect(FakeSocket.last.subscribed).toEqual({ after: 'loaded' });
  });

  test.each(['UNAUTHENTICATED', 'FORBIDDEN', 'NOT_FOUND'])('stops for good after %s', async (code) => {
    FakeSocket.last.accepts();
    FakeSocket.last.ends(code);
    expect(gone).toHaveBeenCalledOnce();
    following.stop();
    await later(120);
    expect(FakeSocket.all.length).toBe(1);
  });

  test('tries at once when something happened, instead of sitting out the pause', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    FakeSocket.last.breaks();
    following.kick();
    await later(0);
    expect(FakeSocket.all.length).toBe(2);
    following.kick();
    await later(0);
    expect(FakeSocket.all.length).toBe(2);
  });

  test('ends quietly when it is stopped', async () => {
    FakeSocket.last.accepts();
    following.stop();
    expect(FakeSocket.last.closed).toBe(true);
    await later(120);
    expect([FakeSocket.all.length, links]).toEqual([1, ['live']]);
  });
});

describe('where sockets do not get through', () => {
  const block = async () => {
    for (let i = 0; i < 4; i++) {
      FakeSocket.last.breaks();
      await later();
    }
  };

  test('the chat is read every few seconds, and sockets are still tried', async () => {
    await block();
    const [before, sockets] = [load.mock.calls.length, FakeSocket.all.length];
    expect(links.at(-1)).toBe('polling');
    FakeSocket.last.breaks();
    await later();
    expect(load.mock.calls.length).toBe(before + 1);
    expect(FakeSocket.all.length).toBe(sockets + 1);
    expect(links.at(-1)).toBe('polling');
  });

  test('it says so when reading fails as well', async () => {
    await block();
    load.mockRejectedValueOnce('NETWORK');
    FakeSocket.last.breaks();
    await later();
    expect(links.at(-1)).toBe('connecting');
  });

  test('it is live again as soon as a socket gets through', async () => {
    await block();
    FakeSocket.last.accepts();
    const before = load.mock.calls.length;
    await later(11);
    expect([links.at(-1), load.mock.calls.length]).toEqual(['live', before]);
  });

  test('a fatal close code ends the sockets, and reading goes on', async () => {
    FakeSocket.last.breaks(4403);
    await later(300);
    expect(FakeSocket.all.length).toBe(1);
    expect(load.mock.calls.length).toBeGreaterThan(5);
    expect(links.at(-1)).toBe('polling');
  });
});
