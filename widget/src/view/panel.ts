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
let foot: string | undefined;
let windowEnds: ReturnType<typeof setTimeout> | undefined;

const heading = createHeading(() => turn(true), () => desk.show(false));
/** The window that the floating button opens: not modal, the page around it stays in use. */
export const panel = h('div.panel', { role: 'dialog', 'aria-labelledby': 'title', tabIndex: -1, hidden: true, onkeydown }, heading.node, desk.banner, form, thread, ending, composer);

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
  const left = desk.reopensFor(state);
  form.hidden = talking;
  thread.hidden = !talking;
  ending.hidden = !closed && !asked;
  // For a while after the end the customer may still write, which takes the same chat up again.
  composer.hidden = !talking || !(left || ending.hidden);
  clearTimeout(windowEnds);
  if (left) windowEnds = setTimeout(draw, left);
  drawEnding(state, () => turn(false));
  if (talking) drawThread(state);
  const now = `${talking}${composer.hidden}${ending.hidden}`;
  if (now == foot) return;
  foot = now;
  if (!talking) showForm();
  else if (!composer.hidden) showComposer(closed);
  toEnd();
}
