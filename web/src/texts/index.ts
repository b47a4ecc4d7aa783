import { locale } from './locale.svelte'
import { ptBR, type Texts } from './pt-BR'

export { locale }
export type { Texts }

/** Every text of the panel in the language of now: `t.queue.empty`. Reading it in a template follows a change of language. */
export const t: Texts = new Proxy(ptBR, {
  get: (_, area) => locale.texts[area as keyof Texts],
})

/** What to tell the person about a failure: the server's own sentence, else ours for its code. */
export function sentence(failure: { code: string; message: string }): string {
  if (failure.message && failure.message !== failure.code) return failure.message
  const known = t.failures as Record<string, string>
  return known[failure.code] ?? t.failures.INTERNAL
}
