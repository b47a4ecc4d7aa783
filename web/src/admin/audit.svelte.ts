import { AuditFactsQuery, AuditLogQuery, type AuditEntry } from '../graphql/audit'
import { ask } from '../graphql/client'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import { everything, variablesOf, type AuditNarrowing } from './auditLog'

const pageSize = 50

/** The audit log, the newest first, with what it can be narrowed to. */
export class AuditLog {
  wanted = $state.raw<AuditNarrowing>(everything)
  readonly list = new PagedResource<AuditEntry>(async (after) => {
    const asked = this.wanted
    const { auditLog } = await ask(AuditLogQuery, { ...variablesOf(asked), first: pageSize, after })
    this.answered = asked
    return auditLog
  })
  private answered = $state.raw<AuditNarrowing>()
  /** Whether the list is the answer to what is asked for now. */
  readonly current = $derived(this.answered === this.wanted)
  /** What there is to choose from, and what the last verification found. */
  readonly facts = new Resource(() => ask(AuditFactsQuery, {}))
  readonly narrowed = $derived(Object.values(this.wanted).some(Boolean))

  narrow(change: Partial<AuditNarrowing>): void {
    this.wanted = { ...this.wanted, ...change }
    void this.list.reload()
  }

  widen(): void {
    this.narrow(everything)
  }
}
