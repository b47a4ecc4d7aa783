import { ask } from '../transport/ask';
import { DEPARTMENTS } from '../transport/documents';
import { tell } from './notices';
import type { Department } from './state';

/** The departments that can be written to, with who is there now; tells what everybody is told on the way. */
export async function departments(): Promise<Department[]> {
  const { departments, publicNotices } = await ask(DEPARTMENTS);
  tell(publicNotices);
  return departments;
}
