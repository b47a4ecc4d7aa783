import type { Notice } from '../graphql/notifications'

const chosen = 'alidash.desktop'

function permission(): NotificationPermission | 'missing' {
  return typeof Notification === 'undefined' ? 'missing' : Notification.permission
}

/** Notifications of the browser's own, beyond this window; only for who switched them on here. */
class Desktop {
  permission = $state(permission())
  private wanted = $state(localStorage.getItem(chosen) === 'on')
  on = $derived(this.wanted && this.permission === 'granted')

  /** The browser's word may have changed behind our back. */
  look(): void {
    this.permission = permission()
  }

  async choose(on: boolean): Promise<void> {
    this.look()
    if (on && this.permission === 'default') this.permission = await Notification.requestPermission()
    this.wanted = on && this.permission === 'granted'
    localStorage.setItem(chosen, this.wanted ? 'on' : 'off')
  }

  show(notice: Notice, onopen: () => void): void {
    if (!this.on) return
    try {
      // The tag makes several tabs show it once.
      const shown = new Notification(notice.title, { body: notice.body, tag: notice.id })
      shown.onclick = () => {
        window.focus()
        shown.close()
        onopen()
      }
    } catch {
      // Chrome on Android has the class and refuses to make one.
      this.permission = 'missing'
    }
  }
}

export const desktop = new Desktop()
