import { createSubscriber } from 'svelte/reactivity'

const tick = createSubscriber((update) => {
  const timer = setInterval(update, 1000)
  return () => clearInterval(timer)
})

/** The time now; whoever reads it in a template is drawn again each second, and nobody else. */
export function now(): number {
  tick()
  return Date.now()
}
