import { current } from '../chat/current';
import { tell } from '../chat/notices';
import { unread } from '../chat/state';
import type { Panel } from '../desk';
import { keep } from '../session/storage';
import * as texts from '../texts';
import { h } from '../h';
import { loadPanel } from './load-panel';

/** The name under which this tab remembers that the panel is open. */
export const OPEN = 'open';

let open = false;
/** Where the panel comes late, whether it takes the focus. */
let focusPanel = false;
let panel: Panel | undefined;
const badge = h('b.badge');
/** The floating button. */
export const launcher = h('button.launch', { onclick: () => show(!open), onpointerenter: () => loadPanel(failed) }, badge);

/** Opens or closes the panel; the focus follows unless the page has just been loaded. */
export function show(now: boolean, focus = true) {
  open = now;
  focusPanel = focus;
  keep(OPEN, now, 'sessionStorage');
  if (now) loadPanel(failed);
  panel?.show(open, focus);
  if (focus && !open) launcher.focus();
  draw();
}

/** The panel did not come; the next click tries again. */
function failed() {
  if (open) show(false);
  launcher.title = texts.noConnection;
}

/** The panel has arrived. */
export function join(arrived: Panel) {
  panel = arrived;
  launcher.title = '';
  if (open) panel.show(true, focusPanel);
  draw();
}

/** Draws the button, and the panel if it is there. */
export function draw() {
  const { chat } = current();
  const count = unread(current());
  const label = open ? texts.closePanel : texts.openPanel;
  badge.textContent = count > 9 ? '9+' : `${count || ''}`;
  launcher.classList.toggle('busy', open && !panel);
  launcher.setAttribute('aria-label', count ? `${label}, ${texts.fill(texts.unreadCount, count)}` : label);
  launcher.setAttribute('aria-expanded', `${open}`);
  // Before there is one, it is what came with the departments.
  tell(chat && (chat.notice ? [chat.notice] : []));
  if (open) panel?.draw();
}
