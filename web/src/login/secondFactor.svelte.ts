import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { Resource } from '../graphql/resource.svelte'
import {
  BeginSecondFactorMutation,
  ConfirmSecondFactorMutation,
  RenewRecoveryCodesMutation,
  SecondFactorQuery,
  SwitchOffSecondFactorMutation,
} from '../graphql/secondFactor'
import type { ResultOf } from '../graphql/tada'

type State = NonNullable<ResultOf<typeof SecondFactorQuery>['secondFactor']>

/** How my second factor stands. */
export class SecondFactor extends Resource<State | null> {
  constructor() {
    super(async () => (await ask(SecondFactorQuery, {})).secondFactor)
  }
}

/** What my app is told: the secret to type, and the address for the QR code. */
export class Offer extends Resource<{ secret: string; uri: string }> {
  constructor() {
    super(async () => {
      const { secret, uri } = accepted((await tell(BeginSecondFactorMutation, {})).beginSecondFactor)
      return { secret: secret ?? '', uri: uri ?? '' }
    })
  }
}

export async function confirm(code: string): Promise<readonly string[]> {
  return accepted((await tell(ConfirmSecondFactorMutation, { code })).confirmSecondFactor).codes ?? []
}

export async function renew(code: string): Promise<readonly string[]> {
  return accepted((await tell(RenewRecoveryCodesMutation, { code })).renewRecoveryCodes).codes ?? []
}

export async function switchOff(code: string): Promise<void> {
  accepted((await tell(SwitchOffSecondFactorMutation, { code })).switchOffSecondFactor)
}
