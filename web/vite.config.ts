import { svelte } from '@sveltejs/vite-plugin-svelte'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [svelte(), tailwindcss()],
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
