import { graphql } from './tada'

/** How many wait whom incidents explain, of whom the list above may hold some only. */
export const QueueLanesQuery = graphql(`
  query QueueLanes($departmentId: ID!) {
    queue(departmentId: $departmentId) {
      incidents {
        waiting
        incident {
          id
        }
      }
    }
  }
`)
