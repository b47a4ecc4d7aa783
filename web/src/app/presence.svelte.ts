import { ask, tell } from '../graphql/client'
import { accepted, asFailure } from '../graphql/failure'
import { PresenceQuery, SetAvailabilityMutation, type Presence } from '../graphql/presence'
import { link } from '../graphql/socket.svelte'
import { sentence } from '../texts/index'
import { toasts } from '../ui/toasts.svelte'
import { isAway } from './presence'
import { session } from './session.svelte'

const patience = 2_000

/** Choose whether I attend; a reason goes with a pause alone. */
export async function setAvailability(status: Presence['chosen'], reason: string | null): Promise<void> {
  const { user } = accepted((await tell(SetAvailabilityMutation, { status, reason })).setAvailability)
  if (user) session.show(user.presence)
}

/** The same from a menu, which closes: what fails is said at the edge of the page. */
export async function choose(status: Presence['chosen'], reason: string | null): Promise<void> {
  try {
    await setAvailability(status, reason)
  } catch (problem) {
    toasts.say(sentence(asFailure(problem)), 'bad')
  }
}

/** Whether what I chose does not count for want of a connection; a blink of the network is not shown. */
export class OwnPresence {
  away = $state(false)

  constructor() {
    $effect(() => {
      const presence = session.viewer?.presence
      if (presence && !isAway(presence) && !link.lost) {
        this.away = false
        return
      }
      const timer = setTimeout(() => void this.look(), patience)
      return () => clearTimeout(timer)
    })
  }

  private async look(): Promise<void> {
    // The lease begins with the connection, before the stream that would tell of it: so ask once more.
    if (!link.lost) await this.read().catch(() => {})
    const presence = session.viewer?.presence
    this.away = link.lost || (presence !== undefined && isAway(presence))
  }

  private async read(): Promise<void> {
    const { viewer } = await ask(PresenceQuery, {})
    if (viewer) session.show(viewer.presence)
  }
}
