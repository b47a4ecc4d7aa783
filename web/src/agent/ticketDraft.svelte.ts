import { tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import type { VariablesOf } from '../graphql/tada'
import { OpenTicketMutation } from '../graphql/tickets'
import { fromLocal } from '../time/dates'

type Input = VariablesOf<typeof OpenTicketMutation>['input']

/** What is being written about a ticket before it is opened: for a known customer, or for somebody who rang. */
export class TicketDraft {
  departmentId = $state('')
  subject = $state('')
  description = $state('')
  name = $state('')
  cpf = $state('')
  phone = $state('')
  category = $state<NonNullable<Input['category']>>('OTHER')
  priority = $state<NonNullable<Input['priority']>>('NORMAL')
  due = $state('')

  constructor(readonly customer: { id: string; name: string } | null) {}

  input(): Input {
    const { departmentId, category, priority } = this
    const whom = this.customer
      ? { customerId: this.customer.id }
      : { name: this.name.trim(), cpf: this.cpf.trim() || null, phone: this.phone.trim() || null }
    const what = { subject: this.subject.trim(), description: this.description.trim() }
    return { departmentId, category, priority, dueAt: fromLocal(this.due), ...what, ...whom }
  }

  /** Opens the ticket and says which one it is. */
  async open(): Promise<string> {
    const { chat } = accepted((await tell(OpenTicketMutation, { input: this.input() })).openTicket)
    return chat!.id
  }
}
