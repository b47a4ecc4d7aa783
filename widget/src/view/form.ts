import { desk } from '../desk';
import * as texts from '../texts';
import { focusComposer, showComposer } from './composer';
import { createField, type Field } from './field';
import { h } from './h';
import { LONGEST } from './limits';
import { linkify } from './linkify';
import { createPicker } from './picker';

const name = h('input', { name: 'name', autocomplete: 'name', maxLength: 120 });
const cpf = h('input', { name: 'cpf', inputMode: 'numeric', autocomplete: 'off', placeholder: '000.000.000-00', oninput: mask });
const message = h('textarea', { name: 'message', rows: 3, maxLength: LONGEST, oninput: () => desk.setDraft(message.value) });
const start = h('button.main', {}, texts.start);
/** What the department says out of hours. */
const notice = h('p.event', { role: 'status' });
const contact = h('input', { name: 'contact', autocomplete: 'tel', maxLength: 254 });
const privacy = h('small');
const general = h('p.problem', { role: 'alert' });
const picker = createPicker(choose);
const cpfField = createField(cpf, '');
const contactField = createField(contact, texts.contact);
// In the order of the eye: the first that complains gets the focus. The names are those of the input.
const fields: Record<string, Field> = {
  'departmentId': picker,
  'name': createField(name, texts.yourName),
  'cpf': cpfField,
  'phone': contactField,
  'message': createField(message, texts.howHelp),
};
/** The opening of a chat. */
export const form = h('form.form', { noValidate: true, onsubmit: submit }, picker.node, notice, ...Object.values(fields).slice(1).map(({ node }) => node), general, privacy, start);

const chosenClosed = () => (picker.chosen()?.openNow == false ? picker.chosen() : undefined);
/** Out of hours some departments take tickets only. */
const asTicket = () => chosenClosed()?.whenClosed == 'TICKET';

/** Asks for what the department wants: the CPF only where it does so, and a contact where nobody will be there. */
function choose() {
  const policy = picker.chosen()?.cpfPolicy || 'AFTER_CLAIM';
  notice.textContent = chosenClosed()?.outOfHoursMessage || '';
  privacy.replaceChildren(...linkify(picker.chosen()?.privacyNotice || ''));
  contactField.node.hidden = !asTicket();
  start.textContent = asTicket() ? texts.leaveTicket : texts.start;
  cpfField.node.hidden = policy == 'AFTER_CLAIM';
  cpfField.label.textContent = 'CPF' + (policy == 'OPTIONAL' ? texts.optional : '');
}
choose();

function mask() {
  const { selectionStart, value } = cpf;
  cpf.value = desk.maskCpf(value);
  if (selectionStart! < value.length) cpf.setSelectionRange(selectionStart, selectionStart);
}

const blank = ({ value }: { value: string }) => !value.trim() && texts.fillIn;

function badCpf() {
  const policy = picker.chosen()?.cpfPolicy;
  if (policy == 'AFTER_CLAIM' || (policy == 'OPTIONAL' && !cpf.value)) return;
  return blank(cpf) || (!desk.isCpf(cpf.value) && texts.badCpf);
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
  if (start.disabled || complain({ 'departmentId': !chosen && texts.chooseDepartment, 'name': blank(name), 'cpf': badCpf(), 'phone': asTicket() && blank(contact), 'message': blank(message) })) return;
  start.disabled = true;
  try {
    const userErrors = await desk.openChat({
      departmentId: chosen!.id,
      name: name.value.trim(),
      cpf: (chosen!.cpfPolicy != 'AFTER_CLAIM' && cpf.value) || undefined,
      message: message.value.trim(),
      consent: !!chosen!.privacyNotice || undefined,
      ...(asTicket() && { ticket: true, [/@/.test(contact.value) ? 'email' : 'phone']: contact.value }),
    });
    complain(Object.fromEntries(userErrors.map(({ field, message }) => [field?.at(-1)?.replace('email', 'phone') ?? '', message])));
    // It closed while the form was open: the fresh list says so, and what can be done.
    if (userErrors[0]?.code == 'DEPARTMENT_CLOSED') picker.load();
    if (userErrors[0]) return;
    desk.setDraft((message.value = cpf.value = contact.value = ''));
    showComposer();
    // The form is gone, and with it what had the focus.
    focusComposer();
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
