import type { Conversation } from '../agent/conversation'
import { withMessages, withOlder } from '../agent/conversation'
import { ask } from '../graphql/client'
import { ConversationQuery } from '../graphql/conversations'
import { OlderMessagesQuery } from '../graphql/messages'
import { asFailure, Failure } from '../graphql/failure'
import { Resource } from '../graphql/resource.svelte'
import { sentence } from '../texts/index'
import { toasts } from '../ui/toasts.svelte'

async function read(id: string): Promise<Conversation> {
  const { chat } = await ask(ConversationQuery, { id })
  if (!chat) throw new Failure('NOT_FOUND')
  const { messages, ...head } = chat
  const older = messages.pageInfo.hasPreviousPage ? messages.pageInfo.startCursor : null
  return withMessages({ chat: head, messages: [], pending: [], older }, messages.nodes)
}

/** A closed conversation to read; nothing in it moves any more. */
export class Transcript extends Resource<Conversation> {
  busy = $state(false)

  constructor(private id: string) {
    super(() => read(id))
  }

  earlier = async (): Promise<void> => {
    const before = this.data?.older
    if (!before || this.busy) return
    this.busy = true
    try {
      const { chat } = await ask(OlderMessagesQuery, { id: this.id, before })
      const page = chat?.messages
      if (page && this.data) {
        this.data = withOlder(this.data, page.nodes, page.pageInfo.hasPreviousPage ? page.pageInfo.startCursor : null)
      }
    } catch (problem) {
      toasts.say(sentence(asFailure(problem)), 'bad')
    } finally {
      this.busy = false
    }
  }
}
