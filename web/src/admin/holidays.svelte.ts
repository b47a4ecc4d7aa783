import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import {
  AddNationalHolidaysMutation,
  CreateHolidayMutation,
  DeleteHolidayMutation,
  HolidaysQuery,
  UpdateHolidayMutation,
  type Holiday,
  type HolidayInput,
} from '../graphql/holidays'
import { Resource } from '../graphql/resource.svelte'

/** The days off of one year, which the screen turns like a page. */
export class HolidayList {
  year = $state(new Date().getFullYear())
  readonly list = new Resource(
    async (): Promise<readonly Holiday[]> => (await ask(HolidaysQuery, { year: this.year })).holidays,
  )

  async turn(by: number): Promise<void> {
    this.year += by
    await this.list.reload()
  }

  async save(id: string | null, input: HolidayInput): Promise<void> {
    if (id) accepted((await tell(UpdateHolidayMutation, { id, input })).updateHoliday)
    else accepted((await tell(CreateHolidayMutation, { input })).createHoliday)
    await this.list.reload()
  }

  async remove(id: string): Promise<void> {
    accepted((await tell(DeleteHolidayMutation, { id })).deleteHoliday)
    await this.list.reload()
  }

  /** Adds Brazil's; answers how many were new. */
  async addNational(optional: boolean): Promise<number> {
    const added = accepted((await tell(AddNationalHolidaysMutation, { year: this.year, optional })).addNationalHolidays)
    await this.list.reload()
    return added.holidays?.length ?? 0
  }
}
