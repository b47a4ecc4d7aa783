/** Whether somebody can see the panel, and whether they are at it. */
class Attention {
  hidden = $state(document.visibilityState === 'hidden')
  focused = $state(document.hasFocus())

  constructor() {
    const look = () => {
      this.hidden = document.visibilityState === 'hidden'
      this.focused = document.hasFocus()
    }
    document.addEventListener('visibilitychange', look)
    addEventListener('focus', look)
    addEventListener('blur', look)
  }
}

export const attention = new Attention()
