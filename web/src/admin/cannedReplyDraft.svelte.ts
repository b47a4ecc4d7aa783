import type { CannedReply, NewCannedReply } from '../graphql/cannedReplies'

/** Whose a reply is, as one choice: PERSONAL, EVERYBODY, or a department's id. */
export type Whose = string

export const whoseOf = ({ scope, department }: CannedReply): Whose => department?.id ?? scope

/** What is being written as a canned reply. */
export class CannedReplyDraft {
  shortcut = $state('')
  title = $state('')
  body = $state('')
  whose = $state<Whose>('PERSONAL')

  constructor(reply: CannedReply | null, whose: Whose) {
    this.shortcut = reply?.shortcut ?? ''
    this.title = reply?.title ?? ''
    this.body = reply?.body ?? ''
    this.whose = reply ? whoseOf(reply) : whose
  }

  input(): NewCannedReply {
    const shared = this.whose === 'PERSONAL' || this.whose === 'EVERYBODY' ? this.whose : null
    return {
      // People write the slash that they will type.
      shortcut: this.shortcut.trim().replace(/^\//, '').toLowerCase(),
      title: this.title.trim(),
      body: this.body,
      scope: shared ?? 'DEPARTMENT',
      departmentId: shared ? null : this.whose,
    }
  }
}
