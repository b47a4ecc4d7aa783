import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vitest/config'
import type { Plugin } from 'vite'

/** GraphiQL's style sheet carries its fonts as data: addresses, which our CSP refuses: they become files. */
function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!/graphiql\/dist\/\w+\.css/.test(id)) return
      return code.replace(/url\(["']?data:font\/(\w+);base64,([^"')]+)["']?\)/g, (_, kind: string, data: string) => {
        const file = this.emitFile({ type: 'asset', name: `graphiql.${kind}`, source: Buffer.from(data, 'base64') })
        return `url(__VITE_ASSET__${file}__)`
      })
    },
  }
}

export default defineConfig({
  plugins: [fontsAsFiles(), svelte(), tailwindcss()],
  build: {
    target: 'es2023',
    // The server's CSP allows neither inline scripts nor data: fonts, so nothing may be inlined.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 4000,
    manifest: true,
    rolldownOptions: {
      input: { index: 'index.html', graphiql: 'graphiql.html' },
      // React's "use client" marks mean nothing in a browser bundle; hundreds of warnings would hide real ones.
      checks: { moduleLevelDirective: false },
    },
  },
  server: { proxy: { '/graphql': { target: 'http://127.0.0.1:8000', ws: true } } },
  test: { include: ['tests/**/*.test.ts'] },
})
