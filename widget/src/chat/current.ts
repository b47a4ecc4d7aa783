import * as session from '../session/session';
import { nothing, type State } from './state';

let state = nothing;
let draw: (state: State) => void = () => {};

/** The conversation as it stands. */
export const current = (): State => state;

/** Names who shows every change. */
export const watch = (view: typeof draw) => {
  draw = view;
};

/** Moves on to the next state; what left the outbox need not survive F5 any longer. */
export function become(next: State) {
  const { credentials, outbox } = state;
  for (const { clientId } of outbox)
    if (!next.outbox.some((it) => it.clientId == clientId)) session.settle(credentials!.chatId, clientId);
  state = next;
  draw(state);
}
