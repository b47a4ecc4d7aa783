import { graphql, type FragmentOf } from './tada'

export const DepartmentFields = graphql(`
  fragment DepartmentFields on Department @_unmask {
    id
    slug
    name
    active
    position
    online
    waiting
    cpfPolicy
    routing
    waitTarget
    warnAfter
    closeAfter
    abandonAfter
    openNow
    whenClosed
    outOfHoursMessage
    chatRetention
    hours {
      weekday
      opens
      closes
    }
  }
`)
export type Department = FragmentOf<typeof DepartmentFields>

export const DepartmentsQuery = graphql(
  `
    query Departments($includeInactive: Boolean) {
      departments(includeInactive: $includeInactive) {
        ...DepartmentFields
      }
    }
  `,
  [DepartmentFields],
)

export const CreateDepartmentMutation = graphql(
  `
    mutation CreateDepartment($input: DepartmentInput!) {
      createDepartment(input: $input) {
        department {
          ...DepartmentFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [DepartmentFields],
)

export const UpdateDepartmentMutation = graphql(
  `
    mutation UpdateDepartment($id: ID!, $input: DepartmentInput!) {
      updateDepartment(id: $id, input: $input) {
        department {
          ...DepartmentFields
        }
        userErrors {
          code
          message
          field
        }
      }
    }
  `,
  [DepartmentFields],
)
