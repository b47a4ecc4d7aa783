import { dataset, src } from '../settings';

let asked = false;

/** Loads the panel's script, once; `failed` is told when it does not come, and the next call tries again. */
export function loadPanel(failed: () => void) {
  if (asked) return;
  asked = true;
  const script = document.createElement('script');
  script.src = src.replace('.js', '-panel.js');
  Object.assign(script.dataset, dataset);
  script.onerror = () => {
    asked = false;
    script.remove();
    failed();
  };
  document.head.append(script);
}
