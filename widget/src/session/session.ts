import { attempt, keep, keyOf, recall } from './storage';

// What survives F5. Never the CPF: it lives in the form's field and in one request, nowhere else.
// Nor the cursor: after F5 the messages are read again, and the same answer says where to continue.
export interface Credentials {
  chatId: string;
  token: string;
}
export interface Outgoing {
  clientId: string;
  body: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Why the server refused it for good. Not kept: after F5 it is tried once more. */
  refused?: string;
}

const CHAT = 'chat';
// One entry a message: two tabs that write at once cannot overwrite each other's outbox.
const entry = (chatId: string, clientId = '') => `out ${chatId} ${clientId}`;

export const credentials = (): Credentials | undefined => recall(CHAT);
export const remember = (credentials: Credentials) => keep(CHAT, credentials);

/** The messages of a chat that wait for the server, in the order of writing. */
export const outbox = (chatId: string): Outgoing[] =>
  entries(chatId)
    .map((key) => JSON.parse(localStorage.getItem(key)!))
    .sort((a, b) => a.at - b.at);

export const keepOutgoing = (chatId: string, { clientId, body, at }: Outgoing) => keep(entry(chatId, clientId), { clientId, body, at });
export const settle = (chatId: string, clientId: string) => keep(entry(chatId, clientId));

/** Forgets a chat and what waited in it; another tab may have opened the next one already, and that one stays. */
export function forget(chatId: string) {
  if (credentials()?.chatId == chatId) keep(CHAT);
  for (const key of entries(chatId)) localStorage.removeItem(key);
}

const entries = (chatId: string) => attempt(() => Object.keys(localStorage).filter((key) => key.startsWith(keyOf(entry(chatId))))) || [];
