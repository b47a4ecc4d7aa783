const key = 'alidash.viewer'

/**
 * Makes this tab a person's; false when it was another's. Of their drafts and unsent lines nothing is kept then, and the
 * page has to be loaded anew: what it still has in memory would be sent in the next person's name.
 */
export function takeTab(viewerId: string): boolean {
  const before = sessionStorage.getItem(key)
  const own = before === null || before === viewerId
  if (!own) sessionStorage.clear()
  sessionStorage.setItem(key, viewerId)
  return own
}
