import type { Delivery, Dispatcher, Mishap } from './dispatcher.ts'
import type { Subscription, Subscriptions } from './subscriptions.ts'

/** What a person sees and does about webhooks, and what may befall them. */
export interface WebhookHands {
  subscriptions(): readonly Readonly<Subscription>[]
  /** Every attempt, oldest first. */
  deliveries(): readonly Delivery[]
  /** Resolves when all that has happened so far was delivered once or failed; retries may still wait for their time. */
  settled(): Promise<void>
  /** The next `times` webhooks are lost, doubled or late; default 1. */
  mishap(mishap: Mishap, times?: number): void
  /** Switches a subscription off, as amoCRM does after too many invalid answers. */
  disable(destination: string): void
  /** Switches it on again by hand, in amoCRM's page. */
  enable(destination: string): void
}

export function webhookHands(subscriptions: Subscriptions, dispatcher: Dispatcher): WebhookHands {
  const existing = (destination: string): Subscription => {
    const found = subscriptions.find(destination)
    if (found === undefined) throw new Error(`nobody subscribed ${destination}`)
    return found
  }
  return {
    subscriptions: () => subscriptions.all().map((entry) => ({ ...entry })),
    deliveries: dispatcher.deliveries,
    settled: dispatcher.settled,
    mishap: dispatcher.mishap,
    disable(destination) {
      existing(destination).disabled = true
    },
    enable(destination) {
      Object.assign(existing(destination), { disabled: false, invalid: [] })
    },
  }
}
