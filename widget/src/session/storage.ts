import { server } from '../settings';

/** localStorage is shared by all tabs of the site, sessionStorage belongs to one. */
type Where = 'localStorage' | 'sessionStorage';

/** The key under which something is kept: each server has its own. */
export const keyOf = (what: string): string => `alidash ${server} ${what}`;

// Merely touching the storage throws where the visitor forbids it: the conversation then lives as long as the page.
export const attempt = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return;
  }
};

/** What was kept, or undefined. */
export const recall = (what: string, where: Where = 'localStorage') =>
  attempt(() => JSON.parse(globalThis[where].getItem(keyOf(what))!) ?? undefined);

/** Keeps something; nothing to forget it. */
export const keep = (what: string, value?: unknown, where: Where = 'localStorage') =>
  attempt(() => (value ? globalThis[where].setItem(keyOf(what), JSON.stringify(value)) : globalThis[where].removeItem(keyOf(what))));
