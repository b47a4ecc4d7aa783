import { h } from '../h';
import { locale } from '../settings';
import { expected, fill, planned } from '../texts';

/** What the desk tells customers of an incident, or of planned work. */
export interface Notice {
  status: 'CONFIRMED' | 'MONITORED' | 'PLANNED' | 'UNDER_WAY';
  message: string;
  since: string;
  expectedAt: string | null;
}

/** What there is to know before writing, and while it lasts. Made here, since the other script has no room for more. */
export const banner = h('div.notices', { role: 'status' });

let last: Notice[] = [];

/** Tells of this, and of nothing else; left out, of the same as before, as it is by now. A screen reader hears it once. */
export function tell(notices = last) {
  const told = (last = notices).flatMap(inWords);
  if (banner.textContent != told.join('')) banner.replaceChildren(...told.map((words) => h('p.notice', {}, words)));
}

/** Nothing of work whose end has come: nobody says so. An incident is over when somebody says it. */
function inWords({ status, message, since, expectedAt }: Notice): string | never[] {
  if (!expectedAt) return message;
  const at = new Date(expectedAt);
  const now = new Date();
  // Of the four statuses, only PLANNED and UNDER_WAY have these letters.
  if (/P|U/.test(status)) return at < now ? [] : `${fill(planned, between(new Date(since), at))} ${message}`;
  const today = at.toDateString() == now.toDateString();
  return `${message} ${fill(expected, at.toLocaleString(locale, { dateStyle: today ? undefined : 'short', timeStyle: 'short' }))}`;
}

const between = (from: Date, to: Date) =>
  new Intl.DateTimeFormat(locale, { weekday: 'short', day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }).formatRange(from, to);
