import type { CannedReply } from '../graphql/cannedReplies'
import type { Chat } from '../graphql/chats'

type About = Pick<Chat, 'customerName' | 'agentName' | 'protocol' | 'department'>

/** Without accents and capitals: nobody types them in a hurry. */
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()

/** Mine, then those of the chat's department, everybody's, and those of other departments. */
function nearness({ scope, department }: CannedReply, departmentId: string | null): number {
  if (scope === 'PERSONAL') return 0
  if (scope === 'EVERYBODY') return 2
  return department?.id === departmentId ? 1 : 3
}

/** Where every word of the query is found: 0 in the shortcut, 1 in the title too, 2 in the text; null nowhere. */
function place({ shortcut, title, body }: CannedReply, words: readonly string[]): number | null {
  const within = [shortcut, `${shortcut} ${title ?? ''}`, `${shortcut} ${title ?? ''} ${body}`].map(plain)
  const found = within.findIndex((text) => words.every((word) => text.includes(word)))
  return found < 0 ? null : found
}

/** The replies for a query: a shortcut that begins so leads, then mine, then by where it was found. */
export function matching(
  replies: readonly CannedReply[],
  query: string,
  departmentId: string | null = null,
): readonly CannedReply[] {
  const wanted = plain(query).trim()
  const words = wanted.split(/\s+/)
  return replies
    .flatMap((reply) => {
      const found = place(reply, words)
      if (found === null) return []
      return [
        { reply, rank: [wanted && reply.shortcut.startsWith(wanted) ? 0 : 1, nearness(reply, departmentId), found] },
      ]
    })
    .sort((a, b) => compare(a.rank, b.rank) || a.reply.shortcut.localeCompare(b.reply.shortcut))
    .map(({ reply }) => reply)
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index])
  return at < 0 ? 0 : a[at]! - b[at]!
}

/** The text with what is known of the chat in place of {cliente} and its like; other braces stay as they are. */
export function filled(body: string, { customerName, agentName, protocol, department }: About): string {
  const values: Record<string, string | null> = {
    cliente: customerName,
    customer: customerName,
    agente: agentName,
    agent: agentName,
    protocolo: protocol,
    protocol,
    setor: department.name,
    department: department.name,
  }
  return body.replace(/\{(\w+)\}/g, (whole, name: string) => (Object.hasOwn(values, name) && values[name]) || whole)
}

/** What is searched for: from the slash at `start` up to the caret; null where no search is going on. */
export function queryAt(text: string, start: number, caret: number): string | null {
  if (text[start] !== '/' || caret <= start) return null
  const query = text.slice(start + 1, caret)
  return query.includes('\n') ? null : query
}

/** The text with the search replaced, and where the caret goes. */
export function replaced(text: string, start: number, caret: number, by: string): { text: string; caret: number } {
  return { text: text.slice(0, start) + by + text.slice(caret), caret: start + by.length }
}
