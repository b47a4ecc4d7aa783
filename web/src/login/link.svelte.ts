import { session } from '../app/session.svelte'
import { ask } from '../graphql/client'
import { Resource } from '../graphql/resource.svelte'
import { LinkHolderQuery } from '../graphql/session'
import { NewPassword } from './password.svelte'

/** The token behind `#`, which leaves the address bar at once; a reload in this tab still finds it. */
function taken(): string {
  const token = location.hash.slice(1)
  if (token) history.replaceState({ token }, '', location.pathname)
  const state: unknown = history.state
  return state && typeof state === 'object' && 'token' in state ? String(state.token) : ''
}

/** A password set by a link, and for whom. */
export class LinkedPassword extends NewPassword {
  private token = taken()
  readonly holder = new Resource(async () => (await ask(LinkHolderQuery, { token: this.token })).linkHolder)

  protected async send(): Promise<void> {
    await session.setPassword(this.token, this.next)
  }
}
