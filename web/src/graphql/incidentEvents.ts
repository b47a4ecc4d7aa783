import { graphql, type ResultOf } from './tada'

export const IncidentCursorQuery = graphql(`
  query IncidentCursor {
    incidentCursor
  }
`)

/** That one moved: what is shown of it is read anew, since a list and a page show different things. */
export const IncidentEventsSubscription = graphql(`
  subscription IncidentEvents($after: Cursor) {
    incidentEvents(after: $after) {
      cursor
      event {
        __typename
        ... on IncidentOpened {
          incident {
            id
          }
        }
        ... on IncidentChanged {
          incident {
            id
          }
        }
      }
    }
  }
`)
export type IncidentDelivery = ResultOf<typeof IncidentEventsSubscription>['incidentEvents']
