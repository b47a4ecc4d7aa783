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

/** Of the four statuses, only PLANNED and UNDER_WAY have these letters. */
const WORK = /P|U/;

/** What there is to know before writing, and while it lasts. Made here, since the other script has no room for more. */
export const banner = h('div.notices', { role: 'status' });

/** Tells of this, and of nothing else; a screen reader hears it once. */
export function tell(notices: Notice[]) {
  const told = notices.map(inWords);
  if (banner.textContent != told.join('')) banner.replaceChildren(...told.map((words) => h('p.notice', {}, words)));
}

function inWords({ status, message, since, expectedAt }: Notice): string {
  if (!expectedAt) return message;
  const at = new Date(expectedAt);
  if (WORK.test(status)) return `${fill(planned, between(new Date(since), at))} ${message}`;
  const today = at.toDateString() == new Date().toDateString();
  return `${message} ${fill(expected, at.toLocaleString(locale, { dateStyle: today ? undefined : 'short', timeStyle: 'short' }))}`;
}

const between = (from: Date, to: Date) =>
  new Intl.DateTimeFormat(locale, { weekday: 'short', day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' }).formatRange(from, to);
