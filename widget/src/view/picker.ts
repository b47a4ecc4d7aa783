import type { Department } from '../chat/state';
import { desk } from '../desk';
import { department } from '../settings';
import * as texts from '../texts';
import { button, h } from './h';
import { dotted, waitText } from './wait';

/** The choice of a department, with who is there and how long it takes. */
export function createPicker(changed: () => void) {
  let chosen: Department | undefined;
  const list = h('div', {}, texts.loading);
  const problem = h('p.problem', { id: 'department-problem' });
  const node = h('fieldset', { 'aria-describedby': problem.id }, h('legend', {}, texts.department), list, problem);

  async function load() {
    const all = await desk.departments().catch(() => []);
    if (all[0]) offer(all);
    else list.replaceChildren(texts.noConnection, ' ', button('link', texts.tryAgain, load));
  }

  function offer(all: Department[]) {
    const only = all.filter(({ slug }) => slug == department);
    const offered = only[0] ? only : all;
    chosen = offered[1] ? offered.find(({ id }) => id == chosen?.id) : offered[0];
    list.replaceChildren(...offered.map(option));
    changed();
  }

  function option(it: Department) {
    const { online, name, waiting, estimatedWait, openNow, opensInWords } = it;
    const closed = opensInWords ? texts.fill(texts.opens, opensInWords) : texts.closed;
    const state = !openNow ? closed : online ? dotted('Online', waiting > 0 && texts.fill(texts.inLine, waiting), waitText(estimatedWait)) : texts.nobodyOnline;
    const onchange = () => {
      chosen = it;
      problem.textContent = '';
      changed();
    };
    const radio = h('input', { type: 'radio', name: 'department', checked: it == chosen, onchange });
    return h(openNow && online ? 'label.option.here' : 'label.option', {}, radio, h('b', {}, name), h('small', {}, state));
  }

  return {
    node,
    load,
    chosen: () => chosen,
    complain: (text = '') => {
      problem.textContent = text;
    },
    focus: () => list.querySelector('input')?.focus(),
  };
}
