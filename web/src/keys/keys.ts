/** What a single key does in the panel, in the order of the help sheet. */
export const shortcuts = {
  n: 'nextChat',
  p: 'previousChat',
  c: 'claimNext',
  r: 'compose',
  e: 'close',
  '?': 'help',
} as const
export type Shortcut = (typeof shortcuts)[keyof typeof shortcuts]

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'repeat' | 'defaultPrevented' | 'isComposing'>

export const keyOf = (shortcut: Shortcut): string =>
  Object.entries(shortcuts)
    .find(([, name]) => name === shortcut)![0]
    .toUpperCase()

/** The act of a single key; null with a modifier, whose combinations are the browser's, and for a key held down. */
export function shortcutOf({
  key,
  ctrlKey,
  metaKey,
  altKey,
  repeat,
  defaultPrevented,
  isComposing,
}: Key): Shortcut | null {
  if (ctrlKey || metaKey || altKey || repeat || defaultPrevented || isComposing) return null
  const name = key.toLowerCase()
  return Object.hasOwn(shortcuts, name) ? shortcuts[name as keyof typeof shortcuts] : null
}

/** Ctrl+K, or ⌘K: no letter that anybody types. */
export const opensPalette = ({ key, ctrlKey, metaKey, altKey, repeat, isComposing }: Key): boolean =>
  key.toLowerCase() === 'k' && ctrlKey !== metaKey && !altKey && !repeat && !isComposing

interface Place {
  readonly tagName: string
  readonly type?: string
  readonly isContentEditable?: boolean
}

const untyped = ['button', 'checkbox', 'radio', 'submit', 'reset', 'range', 'color', 'file', 'image']

/** Whether keys belong to what has the focus: a field, or a list that is searched by its first letters. */
export function isTypedInto({ tagName, type, isContentEditable }: Place): boolean {
  if (isContentEditable || tagName === 'TEXTAREA' || tagName === 'SELECT') return true
  return tagName === 'INPUT' && !untyped.includes(type ?? 'text')
}

/** The chat after this one in the list, round and round; the first where none is open. */
export function neighbour<T extends { id: string }>(chats: readonly T[], open: string | null, step: 1 | -1): T | null {
  if (!chats.length) return null
  const here = chats.findIndex(({ id }) => id === open)
  if (here < 0) return chats.at(step === 1 ? 0 : -1)!
  return chats[(here + step + chats.length) % chats.length]!
}
