import { beforeEach, describe, expect, test, vi } from 'vitest';
import { siteChooses } from './site';
import { FakeServer } from './fake-server';
import { chat, message } from './examples';

let server: FakeServer;

beforeEach(() => {
  vi.resetModules();
  siteChooses({});
  server = new FakeServer();
});

describe('what everybody is told before they write', () => {
  const told = async (...publicNotices: object[]) => {
    server.next['departments{'] = [() => ({ data: { departments: [], publicNotices } })];
    const { departments, banner } = await import('../src/chat/departments');
    await departments();
    return banner;
  };

  test('is the words of the desk, with when it is expected to end', async () => {
    const at = new Date();
    at.setHours(18, 40);
    const notices = await told({ message: 'Fibra rompida.', expectedAt: at.toISOString() });
    expect(notices.textContent).toBe('Fibra rompida. Previsão: 18:40.');
    expect(notices.getAttribute('role')).toBe('status');
  });

  test('goes when it is over', async () => {
    expect((await told({ message: 'Fibra rompida.', expectedAt: null })).textContent).not.toBe('');
    expect((await told()).childElementCount).toBe(0);
  });
});

describe('the question whether the connection is back', () => {
  const question = message(1, { clientId: 'recovery:i1', sender: 'SYSTEM', body: 'Voltou?' });
  const below = async (...others: ReturnType<typeof message>[]) => {
    const { items } = await import('../src/chat/items');
    const rows = items({ messages: [question, ...others], outbox: [], chat: chat() });
    return rows.find(({ body }) => body == 'Voltou?')!.below as HTMLElement;
  };

  test('has its answers below it', async () => {
    const answers = await below();
    expect(answers.hidden).toBe(false);
    expect([...answers.children].map(({ textContent }) => textContent)).toEqual(['Sim', 'Não']);
  });

  test.each(['CUSTOMER', 'AGENT'] as const)('has none once %s has written', async (sender) => {
    expect((await below(message(2, { sender }))).hidden).toBe(true);
  });

  test('still has them after a line of the desk itself', async () => {
    expect((await below(message(2, { sender: 'SYSTEM' }))).hidden).toBe(false);
  });

  test('is told from what others write', async () => {
    const { items } = await import('../src/chat/items');
    const rows = items({ messages: [message(1, { sender: 'AGENT', clientId: 'x-recovery:' })], outbox: [], chat: chat() });
    expect(rows.some(({ below }) => below)).toBe(false);
  });
});
