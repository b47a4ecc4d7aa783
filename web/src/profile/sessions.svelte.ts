import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { Resource } from '../graphql/resource.svelte'
import { CreateTokenMutation, RevokeSessionMutation, SessionsQuery, type Session } from '../graphql/sessions'
import type { VariablesOf } from '../graphql/tada'
import { t } from '../texts/index'
import { deviceOf } from './device'

export type NewToken = VariablesOf<typeof CreateTokenMutation>['input']
export type Scope = NonNullable<Session['scopes']>[number]

/** Where I am signed in. */
export class Sessions extends Resource<readonly Session[]> {
  constructor() {
    super(async () => (await ask(SessionsQuery, {})).sessions)
  }

  /** A token for a program of mine, to be shown this once. */
  async make(input: NewToken): Promise<string | null> {
    const { token } = accepted((await tell(CreateTokenMutation, { input })).createToken)
    void this.reload()
    return token
  }

  async end(id: string): Promise<void> {
    accepted((await tell(RevokeSessionMutation, { id })).revokeSession)
    this.data = this.data?.filter((session) => session.id !== id)
  }
}

/** Chrome on Windows; of a program, what it calls itself. */
export function deviceName({ program, userAgent }: Pick<Session, 'program' | 'userAgent'>): string {
  if (program) return userAgent ? `${t.profile.program}: ${userAgent}` : t.profile.program
  const { browser, system } = deviceOf(userAgent)
  if (browser && system) return t.profile.on(browser, system)
  return browser ?? system ?? t.profile.unknownDevice
}
