import { closeChat, markRead, markTyping, rateChat, showEarlier, startOver } from './chat/acting';
import { current, watch } from './chat/current';
import { departments } from './chat/departments';
import { follow, wake } from './chat/following';
import { items } from './chat/items';
import { banner } from './chat/notices';
import { openChat } from './chat/opening';
import { write } from './chat/sending';
import { reopensFor } from './chat/state';
import { shared } from './chat/tabs';
import type { Desk } from './desk';
import { dress } from './launcher/dress';
import { draw, join, launcher, OPEN, show } from './launcher/launcher';
import { isCpf, maskCpf } from './cpf';
import { button, h } from './h';
import { MEETING } from './meeting';
import { draft, setDraft } from './session/draft';
import { credentials } from './session/session';
import { recall } from './session/storage';
import { wear } from './view/wear';

const NAME = 'alidash-widget';

function start() {
  if (document.querySelector(NAME)) return;
  const host = document.createElement(NAME);
  const root = dress(host);
  const desk: Desk = { root, join, show, current, departments, banner, draft, setDraft, openChat, write, closeChat, rateChat, markRead, markTyping, showEarlier, startOver, reopensFor, wear, items, h, button, isCpf, maskCpf };
  Object.assign(globalThis, { [MEETING]: desk });
  root.append(launcher);
  document.body.append(host);
  watch(draw);
  // What is told of changes by the clock too: planned work ends, and so does the time to reopen a chat.
  setInterval(draw, 60_000);
  const known = credentials();
  if (known) follow(known);
  if (recall(OPEN, 'sessionStorage')) show(true, false);
  draw();
  addEventListener('storage', ({ key }) => shared(key));
  addEventListener('online', wake);
  document.addEventListener('visibilitychange', () => {
    wake();
    draw();
  });
}

if (document.body) start();
else addEventListener('DOMContentLoaded', start);
