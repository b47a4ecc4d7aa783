// Rules no type checker knows: how text reaches the page, what our CSP refuses, and who may import whom.
import { readFileSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const longest = 150

const bans = [
  [/\{@html\b/, 'text reaches the DOM as text'],
  [
    /\b(innerHTML|outerHTML|insertAdjacentHTML|setHTMLUnsafe|createContextualFragment|parseFromString|srcdoc)\b/,
    'text reaches the DOM as text',
  ],
  [/\bdocument\.write\b|\beval\(|\bnew Function\b/, 'no code from strings'],
  [/\sstyle=["'{]/, 'the CSP refuses style attributes; use classes'],
  [/\b(?:transition|in|out|animate):[a-z]/, 'Svelte transitions write <style>, which the CSP refuses'],
  [/\bhttps?:\/\/(?!www\.w3\.org\/)[a-z0-9]/i, 'no foreign hosts'],
  [/\bdangerouslySetInnerHTML\b/, 'text reaches the DOM as text'],
]

// The areas a file may import from, besides its own; the product's words stay out of ui.
const areas = {
  ui: [],
  time: ['texts'],
  texts: [],
  graphql: ['texts'],
  graphiql: [],
  keys: [],
  app: ['agent', 'admin', 'bell', 'login', 'palette', 'profile', 'graphql', 'keys', 'texts', 'time', 'ui'],
  bell: ['agent', 'app', 'graphql', 'texts', 'time', 'ui'],
  login: ['app', 'graphql', 'texts', 'ui'],
  agent: ['app', 'graphql', 'keys', 'texts', 'time', 'ui'],
  palette: ['agent', 'app', 'graphql', 'keys', 'texts', 'ui'],
  profile: ['admin', 'app', 'graphql', 'login', 'texts', 'time', 'ui'],
  admin: ['agent', 'app', 'graphql', 'texts', 'time', 'ui'],
}

const found = []
for (const entry of readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })) {
  if (!/\.(ts|svelte)$/.test(entry.name) || entry.name === 'schema.d.ts') continue
  const path = join(entry.parentPath, entry.name)
  const name = relative(root, path)
  const area = relative(join(root, 'src'), path).split(sep)[0]
  const lines = readFileSync(path, 'utf8').split('\n')
  if (lines.length > longest) found.push(`${name}: ${lines.length} lines, at most ${longest}`)
  lines.forEach((line, index) => {
    for (const [pattern, why] of bans) if (pattern.test(line)) found.push(`${name}:${index + 1}: ${why}`)
    const from = /from '\.\.\/(\w+)\//.exec(line)?.[1]
    if (from && areas[area] && !areas[area].includes(from))
      found.push(`${name}:${index + 1}: ${area} may not import ${from}`)
  })
}

const lock = readFileSync(join(root, 'package-lock.json'), 'utf8')
if (/"resolved"/.test(lock)) found.push('package-lock.json: holds download addresses')

if (found.length) {
  console.error(found.join('\n'))
  process.exit(1)
}
