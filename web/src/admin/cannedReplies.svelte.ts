import { matching } from '../agent/cannedReplies'
import { ask, tell } from '../graphql/client'
import {
  CannedRepliesQuery,
  CreateCannedReplyMutation,
  DeleteCannedReplyMutation,
  UpdateCannedReplyMutation,
  type CannedReply,
  type NewCannedReply,
} from '../graphql/cannedReplies'
import { accepted } from '../graphql/failure'
import { Resource } from '../graphql/resource.svelte'

/** Replies that belong to the same: me, one department, everybody. */
export interface ReplyGroup {
  readonly scope: CannedReply['scope']
  readonly department: CannedReply['department']
  readonly replies: readonly CannedReply[]
}

const order: readonly CannedReply['scope'][] = ['PERSONAL', 'DEPARTMENT', 'EVERYBODY']

/** Mine, then department by department, then everybody's; only groups with something in them. */
export function groupsOf(replies: readonly CannedReply[], query = ''): readonly ReplyGroup[] {
  const groups = new Map<string, ReplyGroup>()
  for (const reply of matching(replies, query)) {
    const { scope, department } = reply
    const key = department?.id ?? scope
    groups.set(key, { scope, department, replies: [...(groups.get(key)?.replies ?? []), reply] })
  }
  const name = ({ department }: ReplyGroup) => department?.name ?? ''
  return [...groups.values()].sort(
    (a, b) => order.indexOf(a.scope) - order.indexOf(b.scope) || name(a).localeCompare(name(b)),
  )
}

export class CannedReplyList {
  readonly list = new Resource(async () => (await ask(CannedRepliesQuery, {})).cannedReplies)

  async create(input: NewCannedReply): Promise<void> {
    accepted((await tell(CreateCannedReplyMutation, { input })).createCannedReply)
    await this.list.reload()
  }

  /** Whose it is stays. */
  async update(id: string, { shortcut, title, body }: NewCannedReply): Promise<void> {
    accepted((await tell(UpdateCannedReplyMutation, { id, input: { shortcut, title, body } })).updateCannedReply)
    await this.list.reload()
  }

  async remove(id: string): Promise<void> {
    accepted((await tell(DeleteCannedReplyMutation, { id })).deleteCannedReply)
    await this.list.reload()
  }
}
