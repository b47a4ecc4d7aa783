import type { Texts } from '../pt-BR'

export const turn: Texts['turn'] = {
  returns: 'The customer waits for the first answer. The chat goes back to the queue in',
  agent: 'The customer waits for the agent to answer.',
  warns: 'The customer owes the answer. They are warned of inactivity in',
  closes: 'The customer was warned of inactivity. The chat closes in',
  bot: 'The customer waits for the bot to answer.',
  reopens: 'The customer can reopen it until',
}
