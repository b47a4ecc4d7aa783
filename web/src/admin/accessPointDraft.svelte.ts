import type { AccessPoint } from '../graphql/network'
import { parseDuration, secondsOf, toDuration } from '../time/duration'
import type { AccessPointInput } from './network.svelte'

type Kind = AccessPoint['check']['kind']

/** What is being written about an access point; times in the units that people set them in. */
export class AccessPointDraft {
  name = $state('')
  location = $state('')
  address = $state('')
  parentId = $state('')
  parentName = $state('')
  kind = $state<Kind>('TCP')
  port = $state<number | null>(null)
  path = $state('')
  tls = $state(false)
  every = $state(30)
  timeout = $state(5)
  failAfter = $state(3)
  recoverAfter = $state(2)
  slowAboveMs = $state<number | null>(null)

  constructor(point: AccessPoint | null) {
    const check = point?.check
    this.name = point?.name ?? ''
    this.location = point?.location ?? ''
    this.address = point?.address ?? ''
    this.parentId = point?.parent?.id ?? ''
    this.parentName = point?.parent?.name ?? ''
    this.kind = check?.kind ?? 'TCP'
    this.port = check?.port ?? (point ? null : 80)
    this.path = check?.path ?? ''
    this.tls = check?.tls ?? false
    this.every = secondsOf(check?.interval, 30)
    this.timeout = secondsOf(check?.timeout, 5)
    this.failAfter = check?.failAfter ?? 3
    this.recoverAfter = check?.recoverAfter ?? 2
    this.slowAboveMs = parseDuration(check?.slowAbove)
  }

  /** A device that reports by itself has no address that anybody calls. */
  get isCalled(): boolean {
    return this.kind !== 'HEARTBEAT'
  }

  get hasPort(): boolean {
    return this.kind === 'TCP' || this.kind === 'HTTP'
  }

  input(): AccessPointInput {
    return {
      name: this.name.trim(),
      location: this.location.trim(),
      address: this.isCalled ? this.address.trim() : '',
      parentId: this.parentId || null,
      check: {
        kind: this.kind,
        port: this.hasPort ? this.port : null,
        path: this.kind === 'HTTP' ? this.path.trim() || '/' : null,
        tls: this.kind === 'HTTP' && this.tls,
        interval: toDuration(this.every),
        timeout: toDuration(this.timeout),
        failAfter: this.failAfter,
        recoverAfter: this.recoverAfter,
        slowAbove: this.slowAboveMs ? `PT${this.slowAboveMs / 1000}S` : null,
      },
    }
  }
}
