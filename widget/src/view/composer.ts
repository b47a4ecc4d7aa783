import { desk } from '../desk';
import * as texts from '../texts';
import { h } from './h';
import { LONGEST } from './limits';

const WARN_BELOW = 200;
const counter = h('small');
const box = h('textarea', { rows: 1, maxLength: LONGEST, oninput, onkeydown });
/** Where messages are written: Enter sends, Shift+Enter starts a line. */
export const composer = h('form.foot.composer', { onsubmit }, box, h('button.main', { 'aria-label': texts.send }, '↑'), counter);

function oninput() {
  if (box.value.trim()) desk.markTyping();
  fit(box.value);
}

function fit(text: string) {
  desk.setDraft((box.value = text));
  const left = LONGEST - text.length;
  counter.textContent = left < WARN_BELOW ? texts.fill(texts.charactersLeft, left) : '';
  box.style.height = '0';
  box.style.height = box.scrollHeight + 2 + 'px';
}

function onkeydown(event: KeyboardEvent) {
  // While an input method composes a letter, Enter belongs to it.
  if (event.key == 'Enter' && !event.shiftKey && !event.isComposing) onsubmit(event);
}

function onsubmit(event: Event) {
  event.preventDefault();
  const body = box.value.trim();
  if (!body) return;
  fit('');
  desk.write(body);
}

/** Comes into view with whatever was being written; in a chat that has ended, writing takes it up again. */
export function showComposer(ended = false) {
  box.placeholder = box.ariaLabel = ended ? texts.reopen : texts.write;
  fit(desk.draft());
}
export const focusComposer = () => box.focus();
