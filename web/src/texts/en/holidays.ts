import type { Texts } from '../pt-BR'

export const holidays: Texts['holidays'] = {
  title: 'Holidays',
  hint: 'On these days departments with hours do not open.',
  before: 'Year before',
  after: 'Year after',
  create: 'New holiday',
  editTitle: 'Edit holiday',
  day: 'Day',
  name: 'Name',
  whose: 'Applies to',
  everybody: 'All departments',
  optional: 'With Carnival and Corpus Christi',
  national: (year) => `Add national holidays of ${year}`,
  added: (count) =>
    count === 0
      ? 'The holidays were in the list already.'
      : count === 1
        ? '1 holiday added.'
        : `${count} holidays added.`,
  empty: (year) => `No holidays in ${year}`,
  emptyHint: 'Add the national ones at once, and then those of your city.',
  saved: 'Holiday saved.',
  remove: 'Remove',
  removed: 'Holiday removed.',
}
