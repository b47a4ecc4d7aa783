import { tell } from '../graphql/client'
import { RevealCpfMutation } from '../graphql/customers'
import { accepted } from '../graphql/failure'

const shownFor = 30

/** A CPF on the screen: asked for with a reason, kept nowhere, and gone after half a minute. */
export class RevealedCpf {
  cpf = $state<string | null>(null)
  /** Seconds for which it is still shown. */
  left = $state(0)
  private timer: ReturnType<typeof setInterval> | undefined

  async reveal(customerId: string, reason: string): Promise<void> {
    const { cpf } = accepted((await tell(RevealCpfMutation, { customerId, reason })).revealCpf)
    this.hide()
    const ends = Date.now() + shownFor * 1000
    this.cpf = cpf
    this.left = shownFor
    // By the clock: a laptop that slept must not go on showing it.
    this.timer = setInterval(() => {
      this.left = Math.ceil((ends - Date.now()) / 1000)
      if (this.left <= 0) this.hide()
    }, 1000)
  }

  hide = (): void => {
    clearInterval(this.timer)
    this.cpf = null
    this.left = 0
  }
}
