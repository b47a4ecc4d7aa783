import type { State } from '../chat/state';
import { isClosed } from '../chat/state';
import { desk } from '../desk';
import { composer, focusComposer, showComposer } from './composer';
import { drawEnding, ending } from './ending';
import { form, showForm } from './form';
import { h } from './h';
import { createHeading } from './heading';
import { drawThread, thread, toEnd } from './thread';

/** The person asked to end the chat, and has not confirmed yet. */
let asked = false;
/** What stands at the foot of the panel now. */
let foot: HTMLElement | undefined;

const heading = createHeading(() => turn(true), () => desk.show(false));
/** The window that the floating button opens: not modal, the page around it stays in use. */
export const panel = h('div.panel', { role: 'dialog', 'aria-labelledby': 'title', tabIndex: -1, hidden: true, onkeydown }, heading.node, form, thread, composer, ending);

function onkeydown({ key }: KeyboardEvent) {
  if (key == 'Escape') desk.show(false);
}

/** Opens or closes the panel. */
export function show(open: boolean, focus: boolean) {
  panel.hidden = !open;
  foot = undefined;
  if (!open) return;
  draw();
  if (focus) enter();
}

/** Asks whether to end, or takes that back. */
function turn(now: boolean) {
  asked = now;
  draw();
  enter();
}

function enter() {
  if (composer.hidden) panel.focus();
  else focusComposer();
}

/** Draws everything in the panel. */
export function draw() {
  const state = desk.current();
  heading.draw(state);
  drawBody(state, isClosed(state));
  if (!document.hidden) desk.markRead();
}

function drawBody(state: State, closed: boolean) {
  const talking = !!(state.credentials || state.chat);
  if (closed || !talking) asked = false;
  const now = !talking ? form : closed || asked ? ending : composer;
  for (const node of [form, composer, ending]) node.hidden = node != now;
  thread.hidden = !talking;
  drawEnding(state, () => turn(false));
  if (talking) drawThread(state);
  if (now == foot) return;
  foot = now;
  if (now == form) showForm();
  if (now == composer) showComposer();
  toEnd();
}
