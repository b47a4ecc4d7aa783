import { backoff } from './backoff';
import { GONE, NO_SOCKET } from './codes';
import { connect, type Talk } from './socket';

/** polling: sockets do not get through, and the chat is read again every few seconds. */
export type Link = 'connecting' | 'live' | 'polling';

export interface Feed extends Pick<Talk, 'init' | 'subscription' | 'next'> {
  /** Reads the whole chat again; rejects when the server cannot be reached. */
  load(): Promise<void>;
  /** True once something was loaded that a subscription can continue from. */
  resumable(): boolean;
  /** The cursor leads nowhere any more. */
  resync(): void;
  linked(link: Link): void;
  gone(): void;
}

const STEADY = 10_000;
const BLOCKED_AFTER = 3;

/** Keeps a chat up to date until stopped: socket, reconnection, and polling where sockets are blocked. */
export function followChat(feed: Feed) {
  let failures = 0;
  let stopped = false;
  let noSocket = false;
  let upAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hangUp: (() => void) | undefined;
  const { linked } = feed;
  const blocked = () => noSocket || failures > BLOCKED_AFTER;

  async function join() {
    clearTimeout(timer);
    timer = undefined;
    try {
      if (blocked() || !feed.resumable()) await feed.load();
      if (stopped) return;
      if (blocked()) linked('polling');
      upAt = 0;
      if (noSocket) later();
      else hangUp = connect({ ...feed, up, over });
    } catch {
      if (stopped) return;
      linked('connecting');
      later();
    }
  }

  function up() {
    upAt = Date.now();
    linked('live');
  }

  function over(code: string) {
    if (GONE.test(code)) return feed.gone();
    // LAGGED and hiccups go on from the last cursor; RESYNC has none left and loads first.
    if (code == 'RESYNC') feed.resync();
    noSocket ||= NO_SOCKET.test(code);
    if (upAt && Date.now() - upAt > STEADY) failures = 0;
    if (!blocked()) linked('connecting');
    later();
  }

  function later() {
    if (!stopped) timer = setTimeout(join, backoff(failures++));
  }

  join();
  return {
    /** Something happened (network is back, page is visible, a message went out): do not sit out the pause. */
    kick() {
      if (timer) join();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      hangUp?.();
    },
  };
}
