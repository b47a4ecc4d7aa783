import { desk } from '../desk';
import { locale } from '../settings';
import { failed, read, sending, tryAgain } from '../texts';
import { button, h } from './h';
import type { Item } from '../chat/items';
import { linkify } from './linkify';

/** A drawn item; it redraws only what may change. */
export interface Row {
  node: HTMLElement;
  update(item: Item, follows: boolean): void;
}

export function createRow({ kind, body, at, own, name = '', key, below = '' }: Item): Row {
  if (kind != 'text') return { node: h(`p.${kind}`, {}, body || dayName(at)), update() {} };
  const marker = h('span', { role: 'img' });
  const time = h('small', {}, at.toLocaleTimeString(locale, { timeStyle: 'short' }), own ? marker : '');
  const problem = h('p.problem');
  const node = h('div', {}, own ? '' : h('b', {}, name), h('p', {}, ...linkify(body), time), problem, below);
  return {
    node,
    update({ mark = '', reason }, follows) {
      node.className = `text ${own ? 'own' : ''} ${follows ? 'follows' : ''}`;
      if (marker.title == mark) return;
      marker.title = mark;
      marker.setAttribute('aria-label', mark);
      marker.textContent = mark == read ? '✓✓' : mark == sending ? '…' : mark == failed ? '!' : '✓';
      problem.replaceChildren(...(mark == failed ? [`${failed} ${reason} `, button('link', tryAgain, () => desk.write(body, key))] : []));
    },
  };
}

function dayName(at: Date): string {
  const days = Math.round((new Date(at).setHours(12) - new Date().setHours(12)) / 864e5);
  return days > -2
    ? new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(days, 'day')
    : at.toLocaleDateString(locale, { weekday: 'long', day: 'numeric', month: 'long' });
}
