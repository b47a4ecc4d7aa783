import { color, locale, theme } from '../settings';
import { wear } from '../view/wear';
import { isLight } from './is-light';
import styles from './launcher.css?inline';

/** Gives the host its shadow, styles, theme and colour. */
export function dress(host: HTMLElement): ShadowRoot {
  const root = host.attachShadow({ mode: 'open' });
  wear(root, styles);
  host.lang = locale;
  if (theme) host.dataset.theme = theme;
  if (/^#[\da-f]{6}$/i.test(color)) {
    host.style.setProperty('--accent', color);
    host.style.setProperty('--on', isLight(color) ? '#000' : '#fff');
  }
  return root;
}
