import { h } from '../h';
import { locale } from '../settings';
import { expected, fill } from '../texts';
import { ask } from '../transport/ask';
import { DEPARTMENTS } from '../transport/documents';
import type { Department } from './state';

interface Notice {
  message: string;
  expectedAt: string | null;
}

/** What everybody is told of incidents before they write. Made here, since the other script has no room for more. */
export const banner = h('div', { role: 'status' });

/** The departments that can be written to, with who is there now; tells of incidents on the way. */
export async function departments(): Promise<Department[]> {
  const { departments, publicNotices } = await ask(DEPARTMENTS);
  banner.replaceChildren(...(publicNotices as Notice[]).map((it) => h('p.notice', {}, `${it.message} ${until(it.expectedAt)}`)));
  return departments;
}

function until(iso: string | null): string {
  if (!iso) return '';
  const at = new Date(iso);
  const today = at.toDateString() == new Date().toDateString();
  return fill(expected, at.toLocaleString(locale, { dateStyle: today ? undefined : 'short', timeStyle: 'short' }));
}
