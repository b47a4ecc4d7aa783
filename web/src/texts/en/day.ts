import type { Texts } from '../pt-BR'

export const day: Texts['day'] = {
  handled: 'Handled',
  handleTime: 'Mean time (TMA)',
  satisfaction: 'Satisfaction (CSAT)',
  rating: (share, n) => (n === 1 ? `${share} of 1 answer` : `${share} of ${n} answers`),
}
