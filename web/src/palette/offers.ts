import { reasonName } from '../app/presence'
import { choose } from '../app/presence.svelte'
import { router } from '../app/router.svelte'
import { chatPath, pathOfChat, paths, ticketPath, transcriptPath } from '../app/routes'
import { session } from '../app/session.svelte'
import type { Inbox } from '../agent/inbox'
import type { Presence } from '../graphql/presence'
import type { SearchFound } from '../graphql/search'
import { t } from '../texts/index'
import type { IconName } from '../ui/icons'
import { acts } from '../keys/acts.svelte'
import type { Command } from './commands'
import { keyOf, type Shortcut } from '../keys/keys'

const icons: Record<Exclude<keyof typeof paths, 'metrics'>, IconName> = {
  attend: 'chat',
  tickets: 'ticket',
  overview: 'chart',
  queue: 'queue',
  team: 'team',
  history: 'clock',
  users: 'people',
  departments: 'layers',
  network: 'network',
  incidents: 'alert',
  apiKeys: 'key',
  webhooks: 'hook',
  audit: 'shield',
  replies: 'quick',
  profile: 'people',
}
const actIcons: Partial<Record<Shortcut, IconName>> = { claimNext: 'next', close: 'check', help: 'info' }

const pages = (): Command[] =>
  (Object.keys(icons) as (keyof typeof icons)[])
    .filter((page) => session.can(page))
    .map((page) => ({
      id: `page-${page}`,
      group: 'pages',
      name: page === 'profile' ? t.profile.title : t.shell[page],
      icon: icons[page],
      run: () => router.go(paths[page]),
    }))

const chats = (inbox: Inbox): Command[] =>
  inbox.map((chat) => ({
    id: `chat-${chat.id}`,
    group: 'chats',
    name: chat.customerName,
    note: chat.protocol,
    icon: chat.kind === 'TICKET' ? 'ticket' : 'chat',
    run: () => router.go(chat.kind === 'TICKET' ? ticketPath(chat.id) : chatPath(chat.id)),
  }))

const screenActs = (): Command[] =>
  (['claimNext', 'close', 'help'] as const)
    .filter((act) => acts.can(act))
    .map((act) => ({
      id: `act-${act}`,
      group: 'acts',
      name: t.keys.acts[act],
      icon: actIcons[act] ?? 'info',
      key: acts.singleKeys ? keyOf(act) : undefined,
      run: () => void acts.run(act),
    }))

function availability(): Command[] {
  if (!session.can('attend')) return []
  const all: [Presence['chosen'], string | null, string][] = [
    ['ONLINE', null, t.availability.ONLINE],
    ['OFFLINE', null, t.availability.OFFLINE],
    ...session.pauseReasons.map((reason): [Presence['chosen'], string, string] => [
      'PAUSED',
      reason,
      `${t.availability.PAUSED}: ${reasonName(reason)}`,
    ]),
  ]
  return all.map(([status, reason, name]) => ({
    id: `availability-${status}-${reason ?? ''}`,
    group: 'availability',
    name,
    icon: 'clock',
    run: () => void choose(status, reason),
  }))
}

/** All that can be done from here, for who asks. */
export const offers = (inbox: Inbox): Command[] => [...chats(inbox), ...screenActs(), ...pages(), ...availability()]

/** What the server found, each chat once and none that stands among one's own already. */
export function foundOffers(found: SearchFound | null, own: Inbox): Command[] {
  const history = session.can('history')
  const listed = new Set(own.map(({ id }) => id))
  const byProtocol = found?.chat ? [{ ...found.chat, excerpt: null }] : []
  const commands: Command[] = []
  for (const chat of [...byProtocol, ...(found?.chats?.nodes ?? [])]) {
    if (listed.has(chat.id)) continue
    listed.add(chat.id)
    const words = chat.excerpt?.parts.map(({ text }) => text).join('')
    const line = chat.excerpt?.message.seq
    const path = history && chat.status === 'CLOSED' ? transcriptPath(chat.id, line) : pathOfChat(chat, history)
    const note = words ? `${chat.protocol} · ${words}` : chat.protocol
    const icon = chat.kind === 'TICKET' ? 'ticket' : 'chat'
    const run = () => router.go(path)
    commands.push({ id: `found-${chat.id}`, group: 'found', name: chat.customerName, note, icon, run })
  }
  for (const { id, name, cpfMasked, phone } of found?.customers?.nodes ?? []) {
    const note = [cpfMasked, phone].filter(Boolean).join(' · ')
    const run = () => router.go(`${paths.history}?customer=${id}`)
    commands.push({ id: `customer-${id}`, group: 'customers', name, note, icon: 'people', run })
  }
  return commands
}
