import { tell } from '../graphql/client'
import { accepted, asFailure, Failure } from '../graphql/failure'
import { SetAvailabilityMutation, type Presence } from '../graphql/presence'
import { resume, type Delivery } from '../graphql/resume'
import { open } from '../graphql/socket.svelte'
import { TeamSubscription, type Team } from '../graphql/team'

interface Seen extends Delivery {
  readonly team: Team
}

/** The team as the server sees it: the newest look replaces the one before. */
export class LiveTeam {
  data = $state.raw<Team>()
  error = $state.raw<Failure>()
  private tries = $state(0)

  constructor() {
    $effect(() => {
      void this.tries
      return resume<Seen>({
        cursor: null,
        open: (after, sink) =>
          open(TeamSubscription, {}, ({ team }: { team: Team }) => ({ cursor: null, team }), after, {
            next: sink.next,
            fail: (code) => {
              this.error = asFailure(new Failure(code))
              sink.fail(code)
            },
          }),
        deliver: ({ team }) => {
          this.error = undefined
          this.data = team
        },
        refetch: async () => null,
      })
    })
  }

  retry = (): void => {
    this.error = undefined
    this.tries += 1
  }
}

export async function setAvailability(userId: string, status: Presence['chosen'], reason: string | null) {
  return accepted((await tell(SetAvailabilityMutation, { status, reason, userId })).setAvailability).user
}
