import { graphql, type FragmentOf } from './tada'

export const AuditFields = graphql(`
  fragment AuditFields on AuditEntry @_unmask {
    id
    number
    at
    actor
    actorName
    action
    detail
    object
    objectName
    changes {
      field
      before
      after
    }
    names {
      value
      name
    }
    address
  }
`)
export type AuditEntry = FragmentOf<typeof AuditFields>
export type AuditChange = AuditEntry['changes'][number]
export type AuditName = AuditEntry['names'][number]

export const AuditLogQuery = graphql(
  `
    query AuditLog($objectId: ID, $actorId: ID, $period: PeriodInput, $action: String, $first: Int, $after: Cursor) {
      auditLog(objectId: $objectId, actorId: $actorId, period: $period, action: $action, first: $first, after: $after) {
        nodes {
          ...AuditFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        totalCount
      }
    }
  `,
  [AuditFields],
)

export const AuditFactsQuery = graphql(`
  query AuditFacts {
    auditActions {
      name
      detail
    }
    auditVerification {
      at
      sound
      entries
    }
  }
`)
