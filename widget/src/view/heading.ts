import { isClosed, type Chat, type State } from '../chat/state';
import * as texts from '../texts';
import { button, h } from './h';
import { dotted, waitText } from './wait';

const title = h('h2', { id: 'title' });
const standing = h('small', { role: 'status' });
const bar = h('p.bar', { role: 'status' });

/** The top of the panel: who attends, the place in the line, and the ways out. */
export function createHeading(end: () => void, close: () => void) {
  const ends = button('link', '', end);
  // Not a header element: the page around has its own.
  const node = h('div.head', {}, h('div', {}, title, standing), ends, h('button.close', { onclick: close, 'aria-label': texts.closePanel }, '×'), bar);
  return {
    node,
    draw(state: State) {
      const { chat, link } = state;
      title.textContent = chat?.agentName || chat?.department.name || texts.title;
      standing.textContent = chat ? place(chat) : '';
      ends.hidden = !chat || isClosed(state);
      ends.textContent = chat?.kind == 'TICKET' ? texts.newChat : texts.endChat;
      bar.textContent = link == 'connecting' && !isClosed(state) ? texts.reconnecting : '';
    },
  };
}

function place({ kind, status, position, estimatedWait, department }: Chat): string {
  if (status == 'CLOSED') return texts.ended;
  if (status != 'WAITING') return texts.attending;
  if (kind == 'TICKET') return texts.ticketLeft;
  if (!department.online) return texts.nobodyOnline;
  return dotted(position! > 1 ? texts.fill(texts.yourPlace, position!) : texts.youAreNext, waitText(estimatedWait));
}
