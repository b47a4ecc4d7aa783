import { beforeEach, describe, expect, test, vi } from 'vitest';
import { siteChooses } from './site';
import { FakeServer } from './fake-server';
import { chat, message, talking } from './examples';

let server: FakeServer;

beforeEach(() => {
  vi.resetModules();
  siteChooses({});
  server = new FakeServer();
});

describe('what everybody is told before they write', () => {
  const told = async (...publicNotices: object[]) => {
    server.next['departments{'] = [() => ({ data: { departments: [], publicNotices } })];
    const { departments } = await import('../src/chat/departments');
    const { banner } = await import('../src/chat/notices');
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

  test('is of planned work when it is done, from when to when', async () => {
    vi.setSystemTime(new Date(2026, 10, 27, 12));
    const [since, end, late] = [new Date(2026, 10, 28, 2), new Date(2026, 10, 28, 4), new Date(2026, 10, 29, 1, 30)];
    const work = (status: string, expectedAt: Date) => ({ status, message: 'Troca de fibra.', since: since.toISOString(), expectedAt: expectedAt.toISOString() });
    const said = (await told(work('PLANNED', end), work('UNDER_WAY', late))).textContent!.replace(/[\s,]+/g, ' ');
    expect(said).toBe('Manutenção programada: sáb. 28/11 02:00 – 04:00. Troca de fibra.Manutenção programada: sáb. 28/11 02:00 – dom. 29/11 01:30. Troca de fibra.');
  });

  test('is said in English with the day first and 24 hours, as it is read in Brazil', async () => {
    siteChooses({ lang: 'en' });
    vi.setSystemTime(new Date(2026, 10, 27, 12));
    const [since, end] = [new Date(2026, 10, 28, 22), new Date(2026, 10, 28, 23)].map((at) => at.toISOString());
    const work = { status: 'PLANNED', message: 'New fibre.', since, expectedAt: end };
    const said = (await told(work, { status: 'CONFIRMED', message: 'Fibre cut.', since, expectedAt: end })).textContent!.replace(/\s*–\s*/g, ' – ').replace(/[\s,]+/g, ' ');
    expect(said).toBe('Planned maintenance: Sat 28/11 22:00 – 23:00. New fibre.Fibre cut. Expected: 28/11/2026 23:00.');
  });

  test('is of planned work no longer than it lasts, which the clock says', async () => {
    vi.setSystemTime(new Date(2026, 10, 28, 3, 59));
    const until = (status: string, message: string) => ({ status, message, since: new Date(2026, 10, 28, 2).toISOString(), expectedAt: new Date(2026, 10, 28, 4).toISOString() });
    const { textContent } = await told(until('UNDER_WAY', 'Troca de fibra.'), until('CONFIRMED', 'Fibra rompida.'));
    expect(textContent).toContain('Troca de fibra.');
    const { draw } = await import('../src/launcher/launcher');
    const { banner } = await import('../src/chat/notices');
    vi.setSystemTime(new Date(2026, 10, 28, 4, 1));
    draw();
    // An incident outlasts what was expected of it: it is over when the desk says so.
    expect(banner.textContent).toBe('Fibra rompida. Previsão: 04:00.');
  });

  test('goes when it is over', async () => {
    expect((await told({ message: 'Fibra rompida.', expectedAt: null })).textContent).not.toBe('');
    expect((await told()).childElementCount).toBe(0);
  });
});

describe('what a conversation is told while it is open', () => {
  const notice = { status: 'CONFIRMED' as const, message: 'Fibra rompida.', since: '', expectedAt: null };
  const widget = async () => ({ ...(await import('../src/chat/current')), ...(await import('../src/launcher/launcher')), ...(await import('../src/chat/notices')) });

  test('stands above it, changes with it, and goes with its end', async () => {
    const { become, draw, banner } = await widget();
    const shows = (given: Parameters<typeof chat>[0]) => {
      become(talking({ chat: chat(given) }));
      draw();
      return banner.textContent;
    };
    expect(shows({ notice })).toBe('Fibra rompida.');
    expect(shows({ notice: { ...notice, message: '<b>Equipe</b> a caminho.' } })).toBe('<b>Equipe</b> a caminho.');
    expect(banner.querySelector('b')).toBeNull();
    expect(shows({ notice: null })).toBe('');
  });

  test('is not said again to who listens, as long as it stays', async () => {
    const { become, draw, banner } = await widget();
    become(talking({ chat: chat({ notice }) }));
    draw();
    const said = banner.firstElementChild;
    become(talking({ chat: chat({ notice: { ...notice }, position: 2 }) }));
    draw();
    expect(banner.firstElementChild).toBe(said);
  });

  test('leaves what came with the departments alone until there is a chat', async () => {
    const { draw, banner, tell } = await widget();
    tell([notice]);
    draw();
    expect(banner.textContent).toBe('Fibra rompida.');
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
