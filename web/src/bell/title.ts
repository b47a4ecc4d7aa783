/** A page's title with what is unread before it: (3) Atender · AliDash. */
export function titled(title: string, unread: number): string {
  const plain = title.replace(/^\(\d+\+?\) /, '')
  return unread ? `(${unread > 99 ? '99+' : unread}) ${plain}` : plain
}

/** Keeps the count before whatever title the page of the moment sets. */
export function countInTitle(unread: number): () => void {
  const write = () => {
    const title = titled(document.title, unread)
    if (title !== document.title) document.title = title
  }
  const watch = new MutationObserver(write)
  watch.observe(document.head, { childList: true, subtree: true, characterData: true })
  write()
  return () => {
    watch.disconnect()
    document.title = titled(document.title, 0)
  }
}
