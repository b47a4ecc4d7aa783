import { graphql, type ResultOf } from './tada'

export const ImportAccessPointsMutation = graphql(`
  mutation ImportAccessPoints($csv: String!, $dryRun: Boolean!) {
    importAccessPoints(csv: $csv, dryRun: $dryRun) {
      file {
        created
        updated
        unchanged
        refused
        lines {
          number
          name
          outcome
          errors {
            message
            field
          }
        }
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`)
export type ImportedFile = NonNullable<ResultOf<typeof ImportAccessPointsMutation>['importAccessPoints']['file']>
export type ImportedLine = ImportedFile['lines'][number]
