import { initGraphQLTada } from 'gql.tada'
import type { introspection } from './schema'

export const graphql = initGraphQLTada<{
  introspection: introspection
  scalars: { DateTime: string; Date: string; Duration: string; Cpf: string; Cursor: string }
}>()

export type { FragmentOf, ResultOf, VariablesOf } from 'gql.tada'
