// The promise to the sites that embed us: what every page loads is under 15 KB, minified, before any compression.
// The panel, loaded once somebody opens it, keeps to the same limit.
import { statSync } from 'node:fs';

const LIMIT = 15 * 1024;
for (const name of ['alidash.js', 'alidash-panel.js', 'alidash-proof.js']) {
  const { size } = statSync(new URL(`../dist/${name}`, import.meta.url));
  console.log(`${name}: ${size} bytes of ${LIMIT}`);
  if (size > LIMIT) {
    console.error(`${name} is ${size - LIMIT} bytes too big.`);
    process.exitCode = 1;
  }
}
