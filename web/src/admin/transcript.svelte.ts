import { ask } from '../graphql/client'
import type { Chat } from '../graphql/chats'
import { Failure } from '../graphql/failure'
import type { Message } from '../graphql/messages'
import { Resource } from '../graphql/resource.svelte'
import { TranscriptQuery } from '../graphql/transcripts'

interface Conversation {
  chat: Chat
  messages: readonly Message[]
}

async function page(id: string, after: string | null) {
  const { transcript } = await ask(TranscriptQuery, { id, after })
  if (!transcript) throw new Failure('NOT_FOUND')
  return transcript
}

/** A closed conversation, read to its end: whoever searches or prints the page has all of it. */
async function read(id: string): Promise<Conversation> {
  let { chat, messages } = await page(id, null)
  const lines = [...messages.nodes]
  while (messages.pageInfo.hasNextPage) {
    messages = (await page(id, messages.pageInfo.endCursor)).messages
    lines.push(...messages.nodes)
  }
  return { chat, messages: lines }
}

export class Transcript extends Resource<Conversation> {
  constructor(id: string) {
    super(() => read(id))
  }
}
