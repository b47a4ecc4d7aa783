import type { Texts } from '../pt-BR'

export const common: Texts['common'] = {
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',
  saving: 'Saving…',
  retry: 'Try again',
  loading: 'Loading…',
  more: 'Load more',
  back: 'Back',
  copy: 'Copy',
  copied: 'Copied',
  search: 'Search',
  all: 'All',
  edit: 'Edit',
  optional: 'optional',
  total: (n) => `${n} in total`,
  stale: 'What you see was read before.',
  failed: 'That did not work',
}

export const failures: Texts['failures'] = {
  NETWORK: 'No answer from the server. Check the connection and try again.',
  UNAUTHENTICATED: 'Your session has ended. Sign in again.',
  FORBIDDEN: 'Your role does not allow this.',
  NOT_FOUND: 'This does not exist or is no longer yours to see.',
  DEPARTMENT_CLOSED: 'The department is closed.',
  INVALID: 'The server did not understand the request.',
  CONFLICT: 'Somebody changed this before you.',
  PROOF_NEEDED: 'Many people are coming at once. Try again in a moment.',
  RATE_LIMITED: 'Too many tries in a row. Wait a moment.',
  UNAVAILABLE: 'The service is away for a moment. Try again shortly.',
  INTERNAL: 'Something failed on our side. Try again.',
}

export const time: Texts['time'] = { today: 'Today', yesterday: 'Yesterday' }
