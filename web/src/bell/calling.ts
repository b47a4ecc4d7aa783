import type { Notice } from '../graphql/notifications'

/** Where the eyes are: on another window, or on this chat of ours. */
export interface Gaze {
  readonly hidden: boolean
  readonly openChat: string | null
}

const ringing: readonly Notice['kind'][] = ['CHAT_WAITING', 'CHAT_ASSIGNED', 'CHAT_MESSAGE']
const quietFor = 2_000

/** What nobody needs to be called to: it was read elsewhere, or stands open before their eyes. */
export const callsFor = (notice: Notice, { hidden, openChat }: Gaze): boolean =>
  notice.readAt === null && (hidden || notice.chatId === null || notice.chatId !== openChat)

export const rings = (notice: Notice, gaze: Gaze): boolean => ringing.includes(notice.kind) && callsFor(notice, gaze)

/** Never twice within two seconds; a clock that was set back does not silence the bell. */
export const mayRing = (rangAt: number, now: number): boolean => now - rangAt >= quietFor || now < rangAt
