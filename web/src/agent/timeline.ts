import type { Message } from '../graphql/messages'
import { dayKey } from '../time/dates'

export interface TimelineRow {
  readonly message: Message
  /** The day starts here. */
  readonly day: string | null
  /** Same writer shortly after: the name is not repeated. */
  readonly continues: boolean
}

const closeTogether = 5 * 60_000

/** The row of each message as it was drawn last: a row that is the same object is not drawn again. */
const drawn = new WeakMap<Message, { before: Message | undefined; row: TimelineRow }>()

/** The messages with what their neighbours make of them; a row stays the same object while its message and the one before do. */
export function timeline(messages: readonly Message[]): TimelineRow[] {
  return messages.map((message, index) => {
    const before = messages[index - 1]
    const known = drawn.get(message)
    if (known && known.before === before) return known.row
    const row = rowOf(message, before)
    drawn.set(message, { before, row })
    return row
  })
}

function rowOf(message: Message, before: Message | undefined): TimelineRow {
  const sameDay = before && dayKey(before.sentAt) === dayKey(message.sentAt)
  const sameVoice =
    before?.sender === message.sender && before.senderName === message.senderName && before.kind === message.kind
  const soon = before && Date.parse(message.sentAt) - Date.parse(before.sentAt) < closeTogether
  return { message, day: sameDay ? null : message.sentAt, continues: Boolean(sameDay && sameVoice && soon) }
}

export interface Part {
  readonly text: string
  readonly link: boolean
}

/** Splits a body at its http(s) addresses; the parts are drawn as text and links, never as HTML. */
export function parts(body: string): Part[] {
  return body
    .split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/g)
    .filter(Boolean)
    .map((text) => ({ text, link: /^https?:\/\/\S/.test(text) }))
}
