import { graphql, type FragmentOf, type VariablesOf } from './tada'

export const HolidayFields = graphql(`
  fragment HolidayFields on Holiday @_unmask {
    id
    day
    name
    department {
      id
      name
    }
  }
`)
export type Holiday = FragmentOf<typeof HolidayFields>

export const HolidaysQuery = graphql(
  `
    query Holidays($year: Int!) {
      holidays(year: $year) {
        ...HolidayFields
      }
    }
  `,
  [HolidayFields],
)

export const CreateHolidayMutation = graphql(`
  mutation CreateHoliday($input: HolidayInput!) {
    createHoliday(input: $input) {
      holiday {
        id
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
export type HolidayInput = VariablesOf<typeof CreateHolidayMutation>['input']

export const UpdateHolidayMutation = graphql(`
  mutation UpdateHoliday($id: ID!, $input: HolidayInput!) {
    updateHoliday(id: $id, input: $input) {
      holiday {
        id
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const DeleteHolidayMutation = graphql(`
  mutation DeleteHoliday($id: ID!) {
    deleteHoliday(id: $id) {
      done
      userErrors {
        code
        message
        field
      }
    }
  }
`)

export const AddNationalHolidaysMutation = graphql(`
  mutation AddNationalHolidays($year: Int!, $optional: Boolean!) {
    addNationalHolidays(year: $year, optional: $optional) {
      holidays {
        id
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
