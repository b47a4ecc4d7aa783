import { beforeEach, describe, expect, test, vi } from 'vitest';
import { siteChooses } from './site';
import { chat, message, talking } from './examples';

let launcher: typeof import('../src/launcher/launcher');
let current: typeof import('../src/chat/current');
let asked: HTMLScriptElement[];
const button = () => launcher.launcher;
const label = () => button().getAttribute('aria-label') ?? (button() as any).ariaLabel;

beforeEach(async () => {
  siteChooses({ lang: 'en', department: 'tecnico' }, 'https://desk.example/widget.js?v=2');
  asked = [];
  vi.spyOn(document.head, 'append').mockImplementation((script) => void asked.push(script as HTMLScriptElement));
  launcher = await import('../src/launcher/launcher');
  current = await import('../src/chat/current');
  document.body.replaceChildren(button());
  launcher.draw();
});

describe('the button', () => {
  test('loads the panel once, from beside its own script and with what the site chose', () => {
    button().dispatchEvent(new Event('pointerenter'));
    button().click();
    expect(asked.map(({ src, dataset }) => [src, { ...dataset }])).toEqual([['https://desk.example/widget-panel.js?v=2', { lang: 'en', department: 'tecnico' }]]);
  });

  test('opens the panel when it arrives, and gets the focus back when it closes', () => {
    const panel = { show: vi.fn(), draw: vi.fn() };
    button().click();
    expect(button().className).toContain('busy');
    launcher.join(panel);
    expect(panel.show).toHaveBeenLastCalledWith(true, true);
    expect(button().className).not.toContain('busy');
    launcher.show(false);
    expect(panel.show).toHaveBeenLastCalledWith(false, true);
    expect(document.activeElement).toBe(button());
  });

  test('does not take the focus when the panel was open before F5', () => {
    const panel = { show: vi.fn(), draw: vi.fn() };
    launcher.show(true, false);
    launcher.join(panel);
    expect(panel.show).toHaveBeenLastCalledWith(true, false);
  });

  test('says so when the panel cannot be loaded, and tries again at the next click', () => {
    button().dispatchEvent(new Event('pointerenter'));
    button().click();
    asked[0].onerror!(new Event('error'));
    expect([button().title, button().getAttribute('aria-expanded')]).toEqual(['No connection. Please try again.', 'false']);
    button().click();
    expect(asked.length).toBe(2);
  });

  test('counts what is unread, up to nine', () => {
    const unread = (count: number) => {
      current.become(talking({ chat: chat(), messages: Array.from({ length: count }, (_, i) => message(i + 1)) }));
      launcher.draw();
      return [button().textContent, label()];
    };
    expect(unread(2)).toEqual(['2', 'Open support chat, 2 unread']);
    expect(unread(12)).toEqual(['9+', 'Open support chat, 12 unread']);
    expect(unread(0)).toEqual(['', 'Open support chat']);
  });
});

describe('a colour of the site', () => {
  test.each([
    ['#2a5bd7', false],
    ['#0b7a53', false],
    ['#ffb703', true],
    ['#ffffff', true],
    ['#000000', false],
  ])('%s gets black text: %s', async (color, expected) => {
    const { isLight } = await import('../src/launcher/is-light');
    expect(isLight(color)).toBe(expected);
  });
});
