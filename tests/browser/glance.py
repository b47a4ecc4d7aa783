"""What the browser does about one message: when it is painted, and what else on the page is touched for it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page

# A frame is noted before the program sees it; a paint is over when a task runs after the next animation frame.
EYES = """
(() => {
  const state = { text: null }
  window.__glance = state
  window.WebSocket = class extends WebSocket {
    constructor(...how) {
      super(...how)
      this.addEventListener('message', ({ data }) => {
        if (state.text && !state.arrived && data.includes(state.text)) state.arrived = performance.now()
      })
    }
  }
  const placeOf = (node) => {
    const element = node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement
    if (!element) return 'gone'
    if (element.closest('time')) return 'clock'
    const log = element.closest('[role=log]')
    if (log) return element === log ? 'log' : 'line'
    const row = element.closest('[data-row]')
    return row ? `row ${row.getAttribute('href')}` : element.tagName.toLowerCase()
  }
  const frameOver = () =>
    new Promise((done) =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => done(performance.now())
        port2.postMessage(null)
      }),
    )
  state.watch = (text) => {
    Object.assign(state, { text, arrived: 0, added: 0, touched: [] })
    state.seen = new Promise((done) => {
      const observer = new MutationObserver(async (changes) => {
        const places = changes.map((change) => [placeOf(change.target), change])
        state.touched.push(...places.map(([place]) => place).filter((place) => place !== 'clock'))
        const added = places.flatMap(([place, { addedNodes }]) => (place === 'log' ? [...addedNodes] : []))
        state.added += added.filter((node) => node.nodeType === Node.ELEMENT_NODE).length
        if (!added.some((node) => node.textContent.includes(text))) return
        state.painted = await frameOver()
        // What follows from the message, such as marking it read, belongs to it.
        setTimeout(() => (observer.disconnect(), done()), 250)
      })
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true })
    })
  }
})()
"""


@dataclass(frozen=True)
class Glance:
    """What one message did to the page."""

    milliseconds: float
    """From the frame's arrival to the end of the frame that shows it."""
    added: int
    """Elements added to the conversation."""
    touched: frozenset[str]
    """Where the page changed: the log itself, a line already in it, a row of a list, or another element."""


def watch(page: Page, text: str) -> None:
    """Begin to look out for a line that is still to come; the page was opened with EYES as an init script."""
    page.evaluate("text => window.__glance.watch(text)", text)


def glance(page: Page) -> Glance:
    """What happened, once the line is painted and the page has come to rest."""
    state: dict[str, Any] = page.evaluate("window.__glance.seen.then(() => window.__glance)")
    return Glance(state["painted"] - state["arrived"], state["added"], frozenset(state["touched"]))
