// Text reaches the page as text. Whatever turns strings into markup, code or inline styles is refused here, tests included.
import { readdirSync, readFileSync } from 'node:fs';

const BANNED = /\.?(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|parseFromString|srcdoc|cssText)\b|document\.write|\beval\(|new Function|createElement\('style'\)|setAttribute\('(style|on\w+)'/;
const LONGEST_FILE = 150;
const root = new URL('../', import.meta.url);
const sources = ['src', 'teste'].flatMap((folder) => readdirSync(new URL(folder, root), { recursive: true }).map((file) => `${folder}/${file}`));
let problems = 0;

const complain = (where, what) => {
  problems++;
  console.error(`${where}: ${what}`);
};

for (const file of sources.filter((name) => /\.(ts|js|html)$/.test(name))) {
  const lines = readFileSync(new URL(file, root), 'utf8').split('\n');
  if (file.endsWith('.ts') && lines.length > LONGEST_FILE) complain(file, `${lines.length} lines; at most ${LONGEST_FILE}`);
  lines.forEach((line, i) => {
    const banned = BANNED.exec(line);
    if (banned) complain(`${file}:${i + 1}`, `${banned[0]} is not allowed`);
    if (file.endsWith('.html') && /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/.test(line)) complain(`${file}:${i + 1}`, 'a strict CSP refuses inline styles and scripts');
  });
}
if (readFileSync(new URL('package-lock.json', root), 'utf8').includes('"resolved"')) complain('package-lock.json', 'holds download addresses');
console.log(`${sources.length} files, ${problems} problems`);
process.exitCode = problems ? 1 : 0;
