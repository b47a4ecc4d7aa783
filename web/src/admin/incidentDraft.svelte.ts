import type { IncidentWords } from '../graphql/incidentActs'
import type { Incident } from '../graphql/incidents'
import { fromLocal, toLocal } from '../time/dates'

/** What is being written of an incident, as the fields hold it. */
export class IncidentDraft {
  title = $state('')
  message = $state('')
  expected = $state('')
  audience = $state<Incident['audience']>('AFFECTED')

  constructor(incident: Incident | null) {
    if (!incident) return
    this.title = incident.title
    this.message = incident.message
    this.expected = toLocal(incident.expectedAt)
    this.audience = incident.audience
  }

  input = (): IncidentWords => ({
    title: this.title.trim() || null,
    message: this.message.trim(),
    expectedAt: fromLocal(this.expected),
    audience: this.audience,
  })
}
