import { DashboardSubscription, type Dashboard } from '../graphql/dashboard'
import { asFailure, Failure } from '../graphql/failure'
import { resume, type Delivery } from '../graphql/resume'
import { open } from '../graphql/socket.svelte'

interface Seen extends Delivery {
  readonly dashboard: Dashboard
}

/** The dashboard as the server keeps it: the newest replaces the one before. */
export class LiveDashboard {
  data = $state.raw<Dashboard>()
  error = $state.raw<Failure>()
  /** When the newest came, by this browser's clock: its ages grow from here. */
  receivedAt = $state(0)
  private tries = $state(0)

  constructor() {
    $effect(() => {
      void this.tries
      return resume<Seen>({
        cursor: null,
        open: (after, sink) =>
          open(
            DashboardSubscription,
            {},
            ({ dashboard }: { dashboard: Dashboard }) => ({ cursor: null, dashboard }),
            after,
            {
              next: sink.next,
              fail: (code) => {
                this.error = asFailure(new Failure(code))
                sink.fail(code)
              },
            },
          ),
        deliver: ({ dashboard }) => this.show(dashboard),
        refetch: async () => null,
      })
    })
  }

  retry = (): void => {
    this.error = undefined
    this.tries += 1
  }

  private show(dashboard: Dashboard): void {
    this.error = undefined
    this.receivedAt = Date.now()
    this.data = dashboard
  }
}
