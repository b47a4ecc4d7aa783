import { isCpf, maskCpf } from '../cpf';
import { desk } from '../desk';
import * as texts from '../texts';
import { showComposer } from './composer';
import { createField, type Field } from './field';
import { h } from './h';
import { LONGEST } from './limits';
import { createPicker } from './picker';

const name = h('input', { name: 'name', autocomplete: 'name', maxLength: 120 });
const cpf = h('input', { name: 'cpf', inputMode: 'numeric', autocomplete: 'off', placeholder: '000.000.000-00', oninput: mask });
const message = h('textarea', { name: 'message', rows: 3, maxLength: LONGEST, oninput: () => desk.setDraft(message.value) });
const start = h('button.main', {}, texts.start);
const general = h('p.problem', { role: 'alert' });
const picker = createPicker(askCpf);
const cpfField = createField(cpf, '');
// In the order of the eye: the first that complains gets the focus. The names are those of the input.
const fields: Record<string, Field> = {
  'departmentId': picker,
  'name': createField(name, texts.yourName),
  'cpf': cpfField,
  'message': createField(message, texts.howHelp),
};
/** The opening of a chat. */
export const form = h('form.form', { noValidate: true, onsubmit: submit }, ...Object.values(fields).map(({ node }) => node), general, start);

/** The CPF is asked for only where the department does so, and said to be optional where it is. */
function askCpf() {
  const policy = picker.chosen()?.cpfPolicy || 'AFTER_CLAIM';
  cpfField.node.hidden = policy == 'AFTER_CLAIM';
  cpfField.label.textContent = 'CPF' + (policy == 'OPTIONAL' ? texts.optional : '');
}
askCpf();

function mask() {
  const { selectionStart, value } = cpf;
  cpf.value = maskCpf(value);
  if (selectionStart! < value.length) cpf.setSelectionRange(selectionStart, selectionStart);
}

const blank = ({ value }: { value: string }) => !value.trim() && texts.fillIn;

function badCpf() {
  const policy = picker.chosen()?.cpfPolicy;
  if (policy == 'AFTER_CLAIM' || (policy == 'OPTIONAL' && !cpf.value)) return;
  return blank(cpf) || (!isCpf(cpf.value) && texts.badCpf);
}

/** Shows each problem beside its field, or above the button; true when there was any. */
function complain(problems: Record<string, string | false | undefined>): boolean {
  let first: Field | undefined;
  for (const key in fields) {
    fields[key].complain(problems[key] || '');
    if (problems[key]) first ||= fields[key];
  }
  general.textContent = problems[''] || '';
  first?.focus();
  return !!first;
}

async function submit(event: Event) {
  event.preventDefault();
  const chosen = picker.chosen();
  if (start.disabled || complain({ 'departmentId': !chosen && texts.chooseDepartment, 'name': blank(name), 'cpf': badCpf(), 'message': blank(message) })) return;
  start.disabled = true;
  try {
    const userErrors = await desk.openChat({
      departmentId: chosen!.id,
      name: name.value.trim(),
      cpf: (chosen!.cpfPolicy != 'AFTER_CLAIM' && cpf.value) || undefined,
      message: message.value.trim(),
    });
    complain(Object.fromEntries(userErrors.map(({ field, message }) => [field?.at(-1) ?? '', message])));
    if (userErrors[0]) return;
    desk.setDraft((message.value = cpf.value = ''));
    showComposer();
  } catch {
    complain({ '': texts.noConnection });
  } finally {
    start.disabled = false;
  }
}

/** Comes into view: fresh departments, and whatever was being written. */
export function showForm() {
  message.value = desk.draft();
  picker.load();
}
