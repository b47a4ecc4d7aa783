import type { Texts } from '../pt-BR'

export const hours: Texts['hours'] = {
  title: 'Business hours',
  hint: "In the desk's time zone. Without any hours the department is always open. 00:00 as closing is the end of the day.",
  weekday: {
    MONDAY: 'Monday',
    TUESDAY: 'Tuesday',
    WEDNESDAY: 'Wednesday',
    THURSDAY: 'Thursday',
    FRIDAY: 'Friday',
    SATURDAY: 'Saturday',
    SUNDAY: 'Sunday',
  },
  opens: 'opens',
  closes: 'closes',
  none: 'No hours',
  add: 'Hours',
  remove: 'Remove hours',
  copy: 'Copy to Tuesday to Friday',
  problem: {
    missing: 'Fill in opening and closing.',
    backwards: 'Opening comes before closing.',
    crossed: 'Two stretches of the day cross.',
  },
  whenClosed: 'Who comes out of hours',
  way: { QUEUE: 'Joins the queue and waits', TICKET: 'May leave a ticket' },
  message: 'Message out of hours',
  messageHint: 'The customer reads it on the site and in the chat.',
}
