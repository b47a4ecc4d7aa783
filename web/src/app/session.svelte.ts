import { ask, onSignedOut, tell } from '../graphql/client'
import { accepted, asFailure, type Failure } from '../graphql/failure'
import type { Presence } from '../graphql/presence'
import { reconnect } from '../graphql/socket.svelte'
import { SecondFactorQuery } from '../graphql/secondFactor'
import {
  ConfirmSignInMutation,
  SetPasswordMutation,
  SignInMutation,
  SignOutMutation,
  UpdateProfileMutation,
  ViewerQuery,
  type Viewer,
} from '../graphql/session'
import { router } from './router.svelte'
import { homeOf, opensTo, type PanelPage, type Permission } from './routes'
import { takeTab } from './tab'

/** Whether I come from the identity provider, and a code has to follow. */
const atCode = () => router.route.page === 'login' && router.search.get('etapa') === 'codigo'

class Session {
  viewer = $state.raw<Viewer | null>(null)
  /** What one may pause for, in the order of the menu. */
  pauseReasons = $state.raw<readonly string[]>([])
  /** My role asks for a second factor that I lack: nothing else is allowed before it is set up. */
  locked = $state(false)
  /** The password was right, and a code has to follow. */
  awaitsCode = $state(false)
  loading = $state(true)
  error = $state.raw<Failure>()
  /** True when a session ended by itself rather than by signing out. */
  expired = $state(false)
  /** I am signing out: my streams hear of the end before I do, and the page stays as it is until it goes. */
  private leaving = false

  constructor() {
    onSignedOut(() => {
      if (this.leaving) return
      // Many requests may hear of it, one after the other: the first one knows.
      this.expired ||= this.viewer !== null
      this.viewer = null
      this.locked = false
    })
  }

  load = async (): Promise<void> => {
    this.loading = true
    this.error = undefined
    try {
      await this.read()
    } catch (problem) {
      const failure = asFailure(problem)
      if (failure.code !== 'UNAUTHENTICATED') this.error = failure
    } finally {
      this.loading = false
    }
  }

  async signIn(email: string, password: string): Promise<void> {
    await this.begin(async () => (await tell(SignInMutation, { email, password })).signIn)
  }

  /** The second step of signing in. */
  async confirm(code: string): Promise<void> {
    await this.begin(async () => (await tell(ConfirmSignInMutation, { code })).confirmSignIn)
  }

  /** Back to the password. */
  leaveCode(): void {
    this.awaitsCode = false
    // A reload must not ask for the code again.
    if (atCode()) router.replace('/login/')
  }

  /** By a link; what I had open here as somebody else ends. */
  async setPassword(token: string, password: string): Promise<void> {
    await this.begin(async () => (await tell(SetPasswordMutation, { token, password })).setPassword)
  }

  private async begin(act: () => Promise<Parameters<typeof accepted>[0]>): Promise<void> {
    try {
      accepted(await act())
    } catch (problem) {
      if (asFailure(problem).code !== 'SECOND_FACTOR_NEEDED') throw problem
      this.viewer = null
      this.awaitsCode = true
      return
    }
    this.awaitsCode = false
    await this.read()
    this.expired = false
    reconnect()
  }

  async signOut(): Promise<void> {
    this.leaving = true
    try {
      accepted((await tell(SignOutMutation, {})).signOut)
    } catch (problem) {
      // A session that was over already is as good as one that ended now.
      if (asFailure(problem).code !== 'UNAUTHENTICATED') {
        this.leaving = false
        throw problem
      }
    }
    // What one person typed must not be there for the next one on this machine: neither kept nor in memory.
    sessionStorage.clear()
    location.replace('/login/')
  }

  async updateProfile(name: string, extension: string): Promise<void> {
    const { user } = accepted((await tell(UpdateProfileMutation, { input: { name, extension } })).updateProfile)
    if (user && this.viewer) this.viewer = { ...this.viewer, name: user.name, extension: user.extension }
  }

  /** Whether I attend now, as the server last said. */
  show(presence: Presence): void {
    if (this.viewer) this.viewer = { ...this.viewer, presence }
  }

  private async read(): Promise<void> {
    this.locked = false
    try {
      const { viewer, pauseReasons } = await ask(ViewerQuery, {})
      if (viewer && !takeTab(viewer.id)) return location.reload()
      this.viewer = viewer
      this.pauseReasons = pauseReasons
      this.awaitsCode = viewer === null && atCode()
    } catch (problem) {
      if (asFailure(problem).code !== 'FORBIDDEN') throw problem
      const { secondFactor } = await ask(SecondFactorQuery, {})
      if (!secondFactor?.required || secondFactor.since) throw problem
      this.locked = true
    }
  }

  may = (permission: Permission): boolean => this.viewer?.permissions.includes(permission) ?? false

  can = (page: PanelPage): boolean => opensTo(page, this.may)

  /** Where this person's work is. */
  get home(): string {
    return homeOf(this.may)
  }
}

export const session = new Session()
