import { stringifyDocument } from '@urql/core'

export type DocumentNode = Parameters<typeof stringifyDocument>[0]

export const print = stringifyDocument
