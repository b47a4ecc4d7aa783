import type { Item } from '../chat/items';
import type { State } from '../chat/state';
import { desk } from '../desk';
import * as texts from '../texts';
import { button, h } from './h';
import { createRow, type Row } from './row';

const NEAR_END = 90;
const rows = new Map<string, Row>();
const top = h('p.event');
const earlier = button('link', texts.earlier, async () => {
  const fromEnd = thread.scrollHeight - thread.scrollTop;
  await desk.showEarlier().catch(() => {});
  thread.scrollTop = thread.scrollHeight - fromEnd;
});
const log = h('div', { role: 'log', 'aria-live': 'polite' });
const typing = h('p.typing', { role: 'status' });
/** The messages. */
export const thread = h('div.thread', { tabIndex: 0 }, top, earlier, log, typing);

/** Shows the end of the conversation. */
export const toEnd = () => {
  thread.scrollTop = thread.scrollHeight;
};

/** Draws the messages, and stays at their end unless the person has scrolled away. */
export function drawThread(state: State) {
  const atEnd = thread.scrollHeight - thread.scrollTop - thread.clientHeight < NEAR_END;
  const wrote = state.outbox.some(({ clientId }) => !rows.has(clientId));
  earlier.hidden = !state.earlier;
  top.textContent = state.chat ? texts.fill(texts.protocol, state.chat.protocol) : texts.loading;
  place(desk.items(state));
  typing.textContent = state.typing ? texts.fill(texts.typing, state.typing) : '';
  if (atEnd || wrote) toEnd();
}

function place(wanted: Item[]) {
  for (const [key, { node }] of rows)
    if (!wanted.some((item) => item.key == key)) {
      node.remove();
      rows.delete(key);
    }
  wanted.forEach((item, i) => {
    const before = wanted[i - 1];
    const row = rows.get(item.key) || createRow(item);
    rows.set(item.key, row);
    row.update(item, before?.kind == 'text' && (item.own ? !!before.own : before.name == item.name));
    if (log.children[i] != row.node) log.insertBefore(row.node, log.children[i]);
  });
}
