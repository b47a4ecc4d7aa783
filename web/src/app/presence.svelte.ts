import { link } from '../graphql/socket.svelte'
import { isAway } from './presence'
import { session } from './session.svelte'

const patience = 2_000

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
    if (!link.lost) await session.readPresence().catch(() => {})
    const presence = session.viewer?.presence
    this.away = link.lost || (presence !== undefined && isAway(presence))
  }
}
