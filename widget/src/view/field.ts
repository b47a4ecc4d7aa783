import { h } from './h';

/** Shows what is wrong beside the field; nothing to clear it. */
export interface Field {
  node: HTMLElement;
  complain(problem?: string): void;
  focus(): void;
}

/** A labelled control with a place for its error, tied together for screen readers. */
export function createField(control: HTMLInputElement | HTMLTextAreaElement, text: string) {
  const { name } = control;
  const label = h('label', { htmlFor: (control.id = name) }, text);
  const problem = h('p.problem', { id: name + '-problem' });
  control.setAttribute('aria-describedby', problem.id);
  return {
    node: h('div', {}, label, control, problem),
    label,
    complain(text = '') {
      problem.textContent = text;
      control.setAttribute('aria-invalid', `${!!text}`);
    },
    focus: () => control.focus(),
  };
}
