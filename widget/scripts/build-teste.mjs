// The test page is plain html, css and js: it is copied as it is, for a strict CSP and for easy reading.
import { cpSync, mkdirSync, readdirSync } from 'node:fs';

const [from, to] = [new URL('../teste/', import.meta.url), new URL('../dist/', import.meta.url)];
mkdirSync(new URL('teste/', to), { recursive: true });
for (const file of readdirSync(from)) cpSync(new URL(file, from), new URL(file == 'teste.html' ? file : `teste/${file}`, to));
