import { newId } from '../new-id';
import { remember } from '../session/session';
import { keep, recall } from '../session/storage';
import { ask } from '../transport/ask';
import { OPEN_CHAT } from '../transport/documents';
import { prove } from '../transport/prove';
import { follow } from './following';

export interface Opening {
  name: string;
  cpf?: string;
  departmentId: string;
  message: string;
  /** Leaves a ticket, to be answered by phone or e-mail. */
  ticket?: boolean;
  phone?: string;
  email?: string;
  /** The privacy notice was shown. */
  consent?: boolean;
  /** Of work, when the desk asks for it. */
  proof?: string;
}
export interface UserError {
  code: string;
  message: string;
  field: string[] | null;
}

const OPENING = 'opening';
const REUSED = /^(CONFLICT|IDEMP)/;

/** Opens a chat; resolves to what was not accepted. Its id is kept before asking: a repeat after a lost answer finds the same chat. */
export async function openChat(opening: Opening): Promise<UserError[]> {
  const kept = recall(OPENING);
  const clientId = kept || newId();
  keep(OPENING, clientId);
  const { token, chat, userErrors } = await answerTo({ ...opening, clientId });
  // Answered, for good or ill: the next opening is another one.
  keep(OPENING);
  if (token) {
    const credentials = { chatId: chat.id, token };
    remember(credentials);
    follow(credentials);
  }
  // The kept id belonged to an opening with other words (the form was edited, or F5): this one needs its own.
  else if (kept && REUSED.test(userErrors[0].code)) return openChat(opening);
  else if (userErrors[0].code == 'PROOF_NEEDED' && !opening.proof) return openChat({ ...opening, proof: await prove() });
  return userErrors;
}

async function answerTo(input: Opening & { clientId: string }) {
  try {
    return (await ask(OPEN_CHAT, { input })).payload;
  } catch (code) {
    if (REUSED.test(code as string)) return { userErrors: [{ code }] };
    throw code;
  }
}
