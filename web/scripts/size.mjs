// What a person downloads before the panel works: the entry's scripts and styles, gzipped.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const limit = 120 * 1024
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

function filesOf(key, seen = new Set()) {
  const chunk = manifest[key]
  if (seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const style of chunk.css ?? []) seen.add(style)
  for (const imported of chunk.imports ?? []) filesOf(imported, seen)
  return seen
}

const files = [...filesOf('index.html')]
const sizes = files.map((file) => gzipSync(readFileSync(new URL(file, dist))).length)
const total = sizes.reduce((sum, size) => sum + size, 0)
files.forEach((file, index) => console.log(`${(sizes[index] / 1024).toFixed(1).padStart(7)} KiB  ${file}`))
console.log(`${(total / 1024).toFixed(1).padStart(7)} KiB  first load, gzipped (limit ${limit / 1024} KiB)`)
if (files.some((file) => /monaco|graphiql/i.test(file))) throw new Error('GraphiQL leaked into the panel')
if (total > limit) process.exit(1)
