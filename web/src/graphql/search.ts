import { graphql, type ResultOf } from './tada'

/** What the palette finds beyond what is on the screen, of which each part is asked only by who may. */
export const SearchQuery = graphql(`
  query Search($search: String!, $protocol: String!, $byProtocol: Boolean!, $chats: Boolean!, $customers: Boolean!) {
    chat(protocol: $protocol) @include(if: $byProtocol) {
      id
      kind
      status
      protocol
      customerName
    }
    chats(filter: { search: $search }, first: 6) @include(if: $chats) {
      nodes {
        id
        kind
        status
        protocol
        customerName
        excerpt(search: $search) {
          message {
            id
            seq
          }
          parts {
            text
            found
          }
        }
      }
    }
    customers(search: $search, first: 4) @include(if: $customers) {
      nodes {
        id
        name
        cpfMasked
        phone
      }
    }
  }
`)
export type SearchFound = ResultOf<typeof SearchQuery>
