import { ApiKeysQuery, CreateApiKeyMutation, RevokeApiKeyMutation, type ApiKey } from '../graphql/apiKeys'
import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { Resource } from '../graphql/resource.svelte'

export class ApiKeyList {
  readonly list = new Resource<readonly ApiKey[]>(async () => (await ask(ApiKeysQuery, {})).apiKeys)

  async create(name: string, scopes: string[], expiresAt: string | null): Promise<string | null> {
    const { secret } = accepted((await tell(CreateApiKeyMutation, { name, scopes, expiresAt })).createApiKey)
    void this.list.reload()
    return secret
  }

  async revoke(id: string): Promise<void> {
    accepted((await tell(RevokeApiKeyMutation, { id })).revokeApiKey)
    await this.list.reload()
  }
}
