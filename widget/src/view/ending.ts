import { isClosed, type State } from '../chat/state';
import { desk } from '../desk';
import * as texts from '../texts';
import { button, h } from './h';
import { dotted } from './wait';

const said = h('p', { role: 'status' });
const problem = h('p.problem', { role: 'alert' });
const comment = h('input', { placeholder: texts.comment + texts.optional, 'aria-label': texts.comment, maxLength: 1000 });
const stars = h(
  'fieldset.stars',
  {},
  h('legend', {}, texts.rateQuestion),
  ...[1, 2, 3, 4, 5].map((score) => h('label', {}, h('input', { type: 'radio', name: 'score', value: `${score}`, 'aria-label': score }), '★')),
);
const rating = h('form.rating', { onsubmit }, stars, h('div.more', {}, comment, h('button.main', {}, texts.rate)));
const left = button('main', '', () => (isOver(shown) ? desk.startOver() : attempt(desk.closeChat())));
const stay = button('quiet', texts.keepTalking, () => resume());
/** "Really end?" before the end; how it was and what comes next after it. */
export const ending = h('div.foot', {}, said, rating, problem, h('div.choices', {}, left, stay));

/** Nothing is left to end here: a ticket goes on without its customer. */
const isOver = (state: State) => isClosed(state) || state.chat?.kind == 'TICKET';

let shown: State;
let resume: () => void;

function onsubmit(event: Event) {
  event.preventDefault();
  const score = +stars.querySelector<HTMLInputElement>(':checked')!.value;
  attempt(desk.rateChat(score, comment.value.trim()));
}

async function attempt(act: Promise<string | undefined>) {
  problem.textContent = (await act.catch(() => texts.noConnection)) || '';
}

/** Draws the question before, or the thanks after the end; `stays` is called when the person rather goes on. */
export function drawEnding(state: State, stays: () => void) {
  const closed = isClosed(state);
  const { chat, over } = (shown = state);
  const reopens = desk.reopensFor(state);
  resume = stays;
  said.textContent = closed ? dotted(!!chat!.rating && texts.thanks, !!desk.draft() && !reopens && texts.kept) : isOver(state) ? texts.leaveQuestion : texts.endQuestion;
  rating.hidden = !closed || !!over || !!chat!.rating;
  left.className = rating.hidden && !reopens ? 'main' : 'quiet';
  left.textContent = isOver(state) ? texts.newChat : texts.endChat;
  stay.hidden = closed;
}
