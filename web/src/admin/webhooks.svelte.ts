import { ask, tell } from '../graphql/client'
import { accepted } from '../graphql/failure'
import { keepFresh } from '../graphql/keepFresh.svelte'
import { PagedResource, Resource } from '../graphql/resource.svelte'
import {
  CreateWebhookMutation,
  DeleteWebhookMutation,
  ReplayDeliveryMutation,
  ReplayFailedMutation,
  RollWebhookSecretMutation,
  TestWebhookMutation,
  UpdateWebhookMutation,
  type WebhookInput,
  type WebhookReceipt,
} from '../graphql/webhookActs'
import {
  WebhookDeliveriesQuery,
  WebhooksQuery,
  type DeliveryStatus,
  type Webhook,
  type WebhookDelivery,
} from '../graphql/webhooks'

const pageSize = 50

export class WebhookList {
  readonly list = new Resource<readonly Webhook[]>(async () => (await ask(WebhooksQuery, {})).webhooks)

  /** The secret of a new one; it cannot be had again. */
  async create(input: WebhookInput): Promise<string | null> {
    const { secret } = accepted((await tell(CreateWebhookMutation, { input })).createWebhook)
    void this.list.reload()
    return secret
  }

  async update(id: string, input: WebhookInput): Promise<void> {
    accepted((await tell(UpdateWebhookMutation, { id, input })).updateWebhook)
    await this.list.reload()
  }

  async remove(id: string): Promise<void> {
    accepted((await tell(DeleteWebhookMutation, { id })).deleteWebhook)
    await this.list.reload()
  }

  async roll(id: string): Promise<string | null> {
    const { secret } = accepted((await tell(RollWebhookSecretMutation, { id })).rollWebhookSecret)
    void this.list.reload()
    return secret
  }

  async test(id: string): Promise<WebhookReceipt | null> {
    return accepted((await tell(TestWebhookMutation, { id })).testWebhook).receipt
  }
}

/** What one webhook was told and is still to be told. */
export class WebhookLog {
  status = $state<DeliveryStatus | ''>('')
  readonly list: PagedResource<WebhookDelivery>

  constructor(private webhookId: string) {
    // It begins to read at once, and so not before it is known of which webhook.
    this.list = new PagedResource<WebhookDelivery>(async (after) => {
      const asked = { webhookId, status: this.status || null, first: pageSize, after }
      return (await ask(WebhookDeliveriesQuery, asked)).webhookDeliveries
    })
    keepFresh(this.list, pageSize)
  }

  choose(status: DeliveryStatus | ''): void {
    this.status = status
    void this.list.reload()
  }

  async replay(id: string): Promise<void> {
    accepted((await tell(ReplayDeliveryMutation, { id })).replayDelivery)
    await this.list.reload()
  }

  /** Sends all anew that was given up since then; answers how many. */
  async replayFailed(since: string): Promise<number> {
    const asked = { webhookId: this.webhookId, since }
    const { count } = accepted((await tell(ReplayFailedMutation, asked)).replayFailed)
    await this.list.reload()
    return count ?? 0
  }
}
