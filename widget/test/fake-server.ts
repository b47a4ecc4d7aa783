import { vi } from 'vitest';
import type { Message } from '../src/chat/state';
import { chat, message, page } from './examples';

type Answer = (variables: any) => object | Promise<object>;

/** A desk that answers fetch: it knows one chat, remembers each clientId, and can be told to misbehave. */
export class FakeServer {
  messages: Message[] = [];
  /** What everyone is told of incidents. */
  notices: string[] = [];
  asked: { query: string; variables: any; token: string | null }[] = [];
  /** Answers to come instead of the usual ones, by the name of the field. */
  next: Record<string, Answer[]> = {};

  constructor() {
    vi.stubGlobal('fetch', async (_: string, { body, headers }: { body: string; headers: Record<string, string> }) => {
      const { query, variables } = JSON.parse(body);
      this.asked.push({ query, variables, token: headers.authorization });
      const name = Object.keys(this.usual).find((field) => query.includes(field))!;
      const answer = this.next[name]?.shift() ?? this.usual[name];
      return { json: async () => answer(variables) };
    });
  }

  usual: Record<string, Answer> = {
    'openChat(': () => ({ data: { payload: { token: 'secret', chat: { id: 'c1' }, userErrors: [] } } }),
    'sendMessage(': ({ body, clientId }) => ({ data: { payload: { message: this.store(body, clientId), userErrors: [] } } }),
    'chat(id': () => ({ data: { chat: { ...chat(), cursor: '1', messages: page(this.messages) } } }),
    'departments{': () => ({ data: { departments: [], publicNotices: this.notices.map((message) => ({ message, expectedAt: null })) } }),
    'markRead(': () => ({ data: {} }),
    'setTyping(': () => ({ data: {} }),
  };

  /** The same clientId is the same message. */
  store(body: string, clientId: string): Message {
    const known = this.messages.find((it) => it.clientId == clientId);
    if (known) return known;
    const seq = this.messages.length + 1;
    return (this.messages[seq - 1] = message(seq, { body, clientId, sender: 'CUSTOMER' }));
  }

  countOf(field: string) {
    return this.asked.filter(({ query }) => query.includes(field)).length;
  }
}

export const refuses = (code: string, message = code): Answer => () => ({ data: { payload: { message: null, token: null, userErrors: [{ code, message, field: null }] } } });
export const fails = (code: string): Answer => () => ({ errors: [{ message: code, extensions: { code } }] });
export const isUnreachable: Answer = () => {
  throw new TypeError('Failed to fetch');
};
