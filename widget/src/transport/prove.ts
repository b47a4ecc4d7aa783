import { banner } from '../chat/notices';
import { english, server, src } from '../settings';

/** Proves work to the desk, by a script that is loaded for it, from where the other two came. */
export const prove = async (): Promise<string> =>
  (await import(/* @vite-ignore */ src.replace('.js', '-proof.js'))).prove(server, english, banner);
