import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { State } from '../src/chat/state';
import { reopensFor } from '../src/chat/state';
import { items } from '../src/chat/items';
import { isCpf, maskCpf } from '../src/cpf';
import { button, h } from '../src/h';
import { chat, message, talking } from './examples';

const desk = {
  items,
  h,
  button,
  isCpf,
  maskCpf,
  current: () => state,
  reopensFor,
  markRead: vi.fn(),
  markTyping: vi.fn(),
  write: vi.fn(),
  closeChat: vi.fn(async () => undefined),
  rateChat: vi.fn(async () => undefined),
  startOver: vi.fn(),
  show: vi.fn(),
  draft: () => draft,
  setDraft: (text: string) => void (draft = text),
  banner: h('p.event'),
  openChat: vi.fn(async (): Promise<object[]> => []),
  departments: vi.fn(async () => [department('REQUIRED', 'd1', 'tecnico'), department('OPTIONAL', 'd2', 'comercial'), department('AFTER_CLAIM', 'd3', 'administrativo')]),
};
const department = (cpfPolicy: string, id: string, slug: string) => ({ id, slug, name: slug, online: id != 'd3', waiting: 2, cpfPolicy, openNow: true, opensInWords: null as string | null, whenClosed: 'QUEUE', outOfHoursMessage: null as string | null, privacyNotice: null as string | null, estimatedWait: { atLeast: 'PT2M30S', atMost: 'PT5M' } });
let state: State;
let draft: string;
let panel: HTMLElement;
let view: typeof import('../src/view/panel');

const all = <T extends HTMLElement = HTMLElement>(selector: string) => [...panel.querySelectorAll<T>(selector)];
const one = <T extends HTMLElement = HTMLElement>(selector: string) => panel.querySelector<T>(selector)!;
const seen = (node: HTMLElement): boolean => !node.hidden && (!node.parentElement || seen(node.parentElement));
const settle = () => new Promise((done) => setTimeout(done));
const type = (selector: string, value: string) => {
  const control = one<HTMLInputElement>(selector);
  control.value = value;
  control.dispatchEvent(new Event('input'));
};
const press = (selector: string, key: string, more = {}) => one(selector).dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));

test('what is told of incidents stands before the form, where everybody hears it', () => {
  expect(one('.form').previousElementSibling).toBe(desk.banner);
});

async function shows(now: State) {
  state = now;
  view.draw();
  await settle();
}

beforeEach(async () => {
  vi.clearAllMocks();
  vi.stubGlobal('alidash', desk);
  state = { messages: [], outbox: [] };
  draft = '';
  document.body.replaceChildren();
  view = await import('../src/view/panel');
  panel = view.panel;
  document.body.append(panel);
  view.show(true, false);
  await settle();
});

describe('a message', () => {
  const NASTY = '<img src=x onerror=alert(1)> <b>negrito</b> javascript:alert(1) https://exemplo.com.br/a?b=1. (http://x.org/y) data:text/html,x';

  test('never becomes markup: only http and https become links, without what ends the sentence', async () => {
    await shows(talking({ messages: [message(1, { body: NASTY, senderName: '<i>Ana</i>' })] }));
    expect(one('.text').textContent).toContain(NASTY);
    expect(all('img, i, .text p b')).toEqual([]);
    expect(all<HTMLAnchorElement>('a').map(({ href }) => href)).toEqual(['https://exemplo.com.br/a?b=1', 'http://x.org/y']);
    for (const link of all<HTMLAnchorElement>('a')) expect([link.target, link.rel]).toEqual(['_blank', 'noopener']);
  });

  test('of the system stands in the middle, of the agent under its name, and the name once in a row', async () => {
    await shows(talking({ messages: [message(1, { kind: 'EVENT', sender: 'SYSTEM', body: 'Ana entrou.' }), message(2), message(3)] }));
    expect(one('[aria-live] .event').textContent).toBe('Ana entrou.');
    expect(all('.text').map(({ className }) => className.includes('follows'))).toEqual([false, true]);
  });

  test('goes from sending to sent to read in the same node, so that it is announced once', async () => {
    await shows(talking({ outbox: [{ clientId: 'a', body: 'oi', at: Date.now() }] }));
    const node = one('.own');
    const mark = () => one('.own [role=img]').getAttribute('aria-label');
    expect(mark()).toBe('Enviando');
    const mine = message(1, { sender: 'CUSTOMER', clientId: 'a', body: 'oi' });
    await shows(talking({ messages: [mine] }));
    expect(mark()).toBe('Enviada');
    await shows(talking({ messages: [mine], chat: chat({ agentReadSeq: 1 }) }));
    expect(mark()).toBe('Lida');
    expect(all('.own')).toEqual([node]);
  });

  test('that was refused says why and can be tried again', async () => {
    await shows(talking({ outbox: [{ clientId: 'a', body: 'feio', at: 1, refused: 'Texto recusado.' }] }));
    expect(one('.own .problem').textContent).toBe('Não enviada. Texto recusado. Tentar de novo');
    one('.own .problem button').click();
    expect(desk.write).toHaveBeenCalledWith('feio', 'a');
  });

  test('of another day has its day before it', async () => {
    const yesterday = new Date(Date.now() - 864e5).toISOString();
    await shows(talking({ messages: [message(1, { sentAt: yesterday }), message(2)] }));
    expect(all('.day').map(({ textContent }) => textContent)).toEqual(['ontem', 'hoje']);
  });
});

describe('the form', () => {
  const choose = (index: number) => {
    const radio = all<HTMLInputElement>('.option input')[index];
    radio.checked = true;
    radio.dispatchEvent(new Event('change'));
  };
  const submit = async () => {
    one('.form').dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  };
  const problem = (name: string) => one(`#${name}-problem`).textContent;

  test('shows who is there, who waits and how long it takes', () => {
    expect(all('.option').map(({ textContent }) => textContent)).toEqual([
      'tecnicoOnline · 2 na fila · espera de 3–5\u00a0min',
      'comercialOnline · 2 na fila · espera de 3–5\u00a0min',
      'administrativoNinguém online: deixe sua mensagem',
    ]);
  });

  test('asks for the CPF as the department does', () => {
    const asks = (index: number) => {
      choose(index);
      return seen(one('#cpf')) && one('label[for=cpf]').textContent;
    };
    expect([asks(0), asks(1), asks(2)]).toEqual(['CPF', 'CPF (opcional)', false]);
  });

  test('says beside each field what is missing, ties it to the field, and goes to the first', async () => {
    await submit();
    expect(['department', 'name', 'message'].map(problem)).toEqual(['Escolha um setor.', 'Preencha este campo.', 'Preencha este campo.']);
    expect(one('#name').getAttribute('aria-describedby')).toBe('name-problem');
    expect(one('#name').getAttribute('aria-invalid')).toBe('true');
    expect(document.activeElement).toBe(one('.option input'));
    expect(desk.openChat).not.toHaveBeenCalled();
  });

  test('refuses a CPF whose check digits do not fit, also where it is optional', async () => {
    choose(1);
    type('#name', 'João');
    type('#message', 'Sem sinal');
    type('#cpf', '52998224724');
    expect(one<HTMLInputElement>('#cpf').value).toBe('529.982.247-24');
    await submit();
    expect(problem('cpf')).toBe('CPF inválido: confira os números.');
    type('#cpf', '');
    await submit();
    expect(desk.openChat).toHaveBeenCalledWith({ departmentId: 'd2', name: 'João', cpf: undefined, message: 'Sem sinal' });
  });

  test('puts what the server did not accept beside its field, and keeps what was typed', async () => {
    desk.openChat.mockResolvedValueOnce([{ code: 'INVALID', message: 'Nome recusado.', field: ['input', 'name'] }, { code: 'INVALID', message: 'Agora não.', field: null }]);
    choose(2);
    type('#name', 'Erro');
    type('#message', 'Sem sinal');
    await submit();
    expect([problem('name'), one('.form > .problem').textContent]).toEqual(['Nome recusado.', 'Agora não.']);
    expect(document.activeElement).toBe(one('#name'));
    expect([one<HTMLTextAreaElement>('#message').value, draft]).toEqual(['Sem sinal', 'Sem sinal']);
  });

  test('says that there is no connection, and can be sent again', async () => {
    desk.openChat.mockRejectedValueOnce('NETWORK');
    choose(2);
    type('#name', 'João');
    type('#message', 'Sem sinal');
    await submit();
    expect(one('.form > .problem').textContent).toBe('Sem conexão. Tente de novo.');
    expect(one<HTMLButtonElement>('.form > .main').disabled).toBe(false);
  });

  test('shows what one agrees to by opening, with its link, and tells that it was shown', async () => {
    const privacyNotice = 'Ao iniciar, você concorda: https://isp.example/privacidade';
    desk.departments.mockResolvedValueOnce([{ ...department('AFTER_CLAIM', 'd1', 'tecnico'), privacyNotice }, department('AFTER_CLAIM', 'd2', 'comercial')]);
    view.show(true, false);
    await settle();
    choose(1);
    expect(one('.form > small').textContent).toBe('');
    choose(0);
    expect(one('.form > small').textContent).toBe(privacyNotice);
    expect(one('.form > small a').getAttribute('href')).toBe('https://isp.example/privacidade');
    type('#name', 'João');
    type('#message', 'Sem sinal');
    await submit();
    expect(desk.openChat).toHaveBeenLastCalledWith(expect.objectContaining({ consent: true }));
  });

  describe('out of hours', () => {
    const closed = { openNow: false, opensInWords: 'segunda às 08:00', outOfHoursMessage: 'Voltamos na segunda.' };
    const offer = async (...departments: object[]) => {
      desk.departments.mockResolvedValueOnce(departments as never);
      view.show(true, false);
      await settle();
    };
    const fill = (contact: string) => {
      type('#name', 'João');
      type('#message', 'Sem sinal');
      type('#contact', contact);
    };

    test('says when the department opens and what it has to say, and lets people wait where it does', async () => {
      await offer({ ...department('AFTER_CLAIM', 'd1', 'tecnico'), ...closed }, { ...department('AFTER_CLAIM', 'd2', 'comercial'), openNow: false });
      expect(all('.option small').map(({ textContent }) => textContent)).toEqual(['Fechado: abre segunda às 08:00', 'Fechado']);
      expect(one('.form > fieldset + .event').textContent).toBe('');
      choose(0);
      expect(one('.form > fieldset + .event').textContent).toBe('Voltamos na segunda.');
      expect([seen(one('#contact')), one('.form > .main').textContent]).toEqual([false, 'Iniciar conversa']);
      fill('');
      await submit();
      expect(desk.openChat).toHaveBeenCalledWith({ departmentId: 'd1', name: 'João', cpf: undefined, message: 'Sem sinal' });
    });

    test('takes a ticket with a phone number or an e-mail where the department wants one', async () => {
      await offer({ ...department('AFTER_CLAIM', 'd1', 'tecnico'), ...closed, whenClosed: 'TICKET' });
      expect([seen(one('#contact')), one('.form > .main').textContent]).toEqual([true, 'Deixar um chamado']);
      fill('');
      await submit();
      expect(problem('contact')).toBe('Preencha este campo.');
      expect(desk.openChat).not.toHaveBeenCalled();
      for (const [contact, kind] of [['ze@example.com', 'email'], ['(11) 98765-4321', 'phone']]) {
        fill(contact);
        desk.openChat.mockResolvedValueOnce([{ code: 'INVALID', message: 'Não serve.', field: ['input', kind] }]);
        await submit();
        expect(desk.openChat).toHaveBeenLastCalledWith({ departmentId: 'd1', name: 'João', cpf: undefined, message: 'Sem sinal', ticket: true, [kind]: contact });
        expect(problem('contact')).toBe('Não serve.');
      }
    });

    test('learns that the department has closed while the form was open', async () => {
      await offer({ ...department('AFTER_CLAIM', 'd1', 'tecnico') });
      fill('');
      desk.openChat.mockResolvedValueOnce([{ code: 'DEPARTMENT_CLOSED', message: 'Fechado.', field: ['input', 'departmentId'] }]);
      desk.departments.mockResolvedValueOnce([{ ...department('AFTER_CLAIM', 'd1', 'tecnico'), ...closed, whenClosed: 'TICKET' }]);
      await submit();
      expect([problem('department'), one('.form > .main').textContent]).toEqual(['Fechado.', 'Deixar um chamado']);
      expect(one<HTMLTextAreaElement>('#message').value).toBe('Sem sinal');
    });
  });
});

describe('the composer', () => {
  beforeEach(() => shows(talking()));

  test('sends with Enter, starts a line with Shift+Enter, and leaves Enter to an input method', () => {
    type('.composer textarea', ' oi ');
    press('.composer textarea', 'Enter', { shiftKey: true });
    press('.composer textarea', 'Enter', { isComposing: true });
    expect(desk.write).not.toHaveBeenCalled();
    press('.composer textarea', 'Enter');
    expect(desk.write).toHaveBeenCalledExactlyOnceWith('oi');
    expect([one<HTMLTextAreaElement>('.composer textarea').value, draft]).toEqual(['', '']);
  });

  test('does not send nothing', () => {
    type('.composer textarea', ' \n ');
    press('.composer textarea', 'Enter');
    expect(desk.write).not.toHaveBeenCalled();
    expect(desk.markTyping).not.toHaveBeenCalled();
  });

  test('counts only near the limit', () => {
    type('.composer textarea', 'a'.repeat(3700));
    expect(one('.composer small').textContent).toBe('');
    type('.composer textarea', 'a'.repeat(3990));
    expect(one('.composer small').textContent).toBe('10 caracteres restantes');
  });
});

describe('the panel', () => {
  test('says of a ticket that it is answered later, and leaves it without ending it', async () => {
    await shows(talking({ chat: chat({ kind: 'TICKET', status: 'WAITING', agentName: null }) }));
    expect(one('.head small').textContent).toBe('Chamado: respondemos depois');
    const ends = one<HTMLButtonElement>('.head .link');
    expect(ends.textContent).toBe('Nova conversa');
    ends.click();
    expect(one('.foot [role=status]').textContent).toBe('Sair? O chamado continua com a gente.');
    one<HTMLButtonElement>('.choices .main, .choices .quiet').click();
    expect(desk.startOver).toHaveBeenCalledOnce();
    expect(desk.closeChat).not.toHaveBeenCalled();
  });

  test('is a labelled dialog that Escape closes, with a log that screen readers follow', async () => {
    await shows(talking());
    expect([panel.getAttribute('role') ?? (panel as any).role, panel.getAttribute('aria-labelledby'), one('#title').textContent]).toEqual(['dialog', 'title', 'Ana Souza']);
    expect(one('[aria-live=polite]').getAttribute('role') ?? (one('[aria-live=polite]') as any).role).toBe('log');
    press('.composer textarea', 'Escape');
    expect(desk.show).toHaveBeenCalledWith(false);
  });

  test('tells the place in the line and the wait, or that nobody is there', async () => {
    const waiting = { status: 'WAITING', agentName: null, position: 3, estimatedWait: { atLeast: 'PT2M', atMost: 'PT4M' } } as const;
    await shows(talking({ chat: chat(waiting) }));
    expect(one('.head small').textContent).toBe('Você é o 3º da fila · espera de 2–4\u00a0min');
    await shows(talking({ chat: chat({ ...waiting, department: { name: 'Técnico', online: false } }) }));
    expect(one('.head small').textContent).toBe('Ninguém online: deixe sua mensagem');
  });

  test('says that it is reconnecting, and no longer once it is back', async () => {
    await shows(talking({ link: 'connecting' }));
    expect(one('.bar').textContent).toBe('Reconectando…');
    await shows(talking({ link: 'polling' }));
    expect(one('.bar').textContent).toBe('');
  });

  test('asks before it ends a chat, then for a rating, then thanks', async () => {
    await shows(talking());
    one('.head .link').click();
    expect(desk.closeChat).not.toHaveBeenCalled();
    one('.choices .main').click();
    expect(desk.closeChat).toHaveBeenCalledOnce();
    await shows(talking({ chat: chat({ status: 'CLOSED' }) }));
    expect([seen(one('.rating')), seen(one('.composer')), one('.choices button').textContent]).toEqual([true, false, 'Nova conversa']);
    all<HTMLInputElement>('.stars input')[3].checked = true;
    one('.rating').dispatchEvent(new Event('submit', { cancelable: true }));
    expect(desk.rateChat).toHaveBeenCalledWith(4, '');
    await shows(talking({ chat: chat({ status: 'CLOSED', rating: { score: 4 } }) }));
    expect([seen(one('.rating')), one('.foot:not(.composer) p').textContent]).toEqual([false, 'Obrigado pela avaliação!']);
  });

  test('keeps the text of who was still writing when the chat ended, for a new one', async () => {
    await shows(talking());
    type('.composer textarea', 'mais uma coisa');
    await shows(talking({ chat: chat({ status: 'CLOSED' }) }));
    expect(seen(one('.composer'))).toBe(false);
    expect(one('.foot:not(.composer) p').textContent).toBe('Seu texto ficou guardado para uma nova conversa.');
    one('.choices button').click();
    expect(desk.startOver).toHaveBeenCalledOnce();
    await shows({ messages: [], outbox: [] });
    expect(one<HTMLTextAreaElement>('#message').value).toBe('mais uma coisa');
  });

  const soon = () => new Date(Date.now() + 60_000).toISOString();

  test('goes on with the same chat when the customer writes soon after its end', async () => {
    await shows(talking({ chat: chat({ status: 'CLOSED', reopensUntil: soon() }) }));
    expect([seen(one('.composer')), seen(one('.rating')), one('.choices button').className]).toEqual([true, true, 'quiet']);
    expect(one<HTMLTextAreaElement>('.composer textarea').placeholder).toBe('Escreva para retomar a conversa');
    type('.composer textarea', 'voltou a cair');
    press('.composer textarea', 'Enter');
    expect(desk.write).toHaveBeenCalledExactlyOnceWith('voltou a cair');
    await shows(talking({ chat: chat({ status: 'WAITING' }) }));
    expect([seen(one('.composer')), seen(one('.choices'))]).toEqual([true, false]);
    expect(one<HTMLTextAreaElement>('.composer textarea').placeholder).toBe('Escreva uma mensagem');
  });

  test('offers only a new chat once the time to reopen is over', async () => {
    vi.useFakeTimers();
    try {
      state = talking({ chat: chat({ status: 'CLOSED', reopensUntil: soon() }) });
      view.draw();
      vi.advanceTimersByTime(60_001);
      expect([seen(one('.composer')), seen(one('.choices'))]).toEqual([false, true]);
    } finally {
      vi.useRealTimers();
    }
  });

  test('announces the warning and the end as they come, in words that stand out', async () => {
    await shows(talking({ messages: [message(1, { kind: 'EVENT', sender: 'SYSTEM', body: 'A conversa será encerrada em 5 minutos.' })] }));
    expect(one('[aria-live=polite] > .event').textContent).toBe('A conversa será encerrada em 5 minutos.');
  });

  test('does not ask for a rating when the token has ended', async () => {
    await shows(talking({ chat: chat({ status: 'CLOSED' }), over: true, credentials: undefined }));
    expect([seen(one('.rating')), seen(one('.choices .main'))]).toEqual([false, true]);
  });
});
