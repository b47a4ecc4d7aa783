import { ask, tell } from '../graphql/client'
import {
  CreateDepartmentMutation,
  DepartmentsQuery,
  UpdateDepartmentMutation,
  type Department,
} from '../graphql/departments'
import { accepted } from '../graphql/failure'
import { Resource } from '../graphql/resource.svelte'
import type { VariablesOf } from '../graphql/tada'

export type DepartmentInput = VariablesOf<typeof CreateDepartmentMutation>['input']

const read = async (): Promise<readonly Department[]> =>
  (await ask(DepartmentsQuery, { includeInactive: true })).departments.toSorted((a, b) => a.position - b.position)

export class DepartmentList {
  readonly list = new Resource(read)

  async save(id: string | null, input: DepartmentInput): Promise<void> {
    if (id) accepted((await tell(UpdateDepartmentMutation, { id, input })).updateDepartment)
    else accepted((await tell(CreateDepartmentMutation, { input })).createDepartment)
    await this.list.reload()
  }
}

/** For choices in other screens. */
export const departmentNames = (): Resource<readonly Department[]> => new Resource(read)
