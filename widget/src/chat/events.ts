import type { Chat, Estimate, Message, Sender } from './state';

/** What chatEvents delivers. */
export type ChatEvent =
  | { __typename: 'MessageSent'; message: Message }
  | { __typename: 'MessagesRead'; by: Sender; seq: number }
  | { __typename: 'ChatChanged' | 'ChatEnded'; chat: Chat }
  | { __typename: 'TypingShown'; by: Sender; name: string }
  | { __typename: 'PositionMoved'; position: number; estimatedWait: Estimate | null };

export interface Delivery {
  /** null for what is never replayed. */
  cursor: string | null;
  event: ChatEvent;
}
