import { BlocksQuery, DeleteBlockMutation, type Block } from '../graphql/blocks'
import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { Resource } from '../graphql/resource.svelte'

export class BlockList {
  readonly list = new Resource<readonly Block[]>(async () => (await ask(BlocksQuery, {})).blocks)

  async lift(id: string): Promise<void> {
    accepted((await tell(DeleteBlockMutation, { id })).deleteBlock)
    await this.list.reload()
  }
}
