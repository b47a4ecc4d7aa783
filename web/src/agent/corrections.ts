import type { Contact } from '../graphql/customers'

type Kept = Omit<Contact, 'id'>
type Typed = { readonly [name in keyof Kept]: string }

/** Only what was typed anew: what somebody else corrects at the same time stays corrected. Nothing typed takes away. */
export function corrections(before: Kept, typed: Typed): Partial<Kept> {
  const changed: Partial<Kept> = {}
  if (typed.name.trim() !== before.name) changed.name = typed.name.trim()
  for (const name of ['email', 'phone', 'company'] as const) {
    const now = typed[name].trim() || null
    if (now !== before[name]) changed[name] = now
  }
  return changed
}
