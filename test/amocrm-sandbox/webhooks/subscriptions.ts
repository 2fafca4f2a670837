import type { World } from '../state/world.ts'

/** Subscriptions one account may hold (reference amocrm.md 11.1). */
export const maximumSubscriptions = 100

export interface Subscription {
  readonly id: number
  readonly destination: string
  readonly createdAt: number
  readonly createdBy: number
  updatedAt: number
  sort: number
  settings: readonly string[]
  disabled: boolean
  /** Instants of invalid answers, epoch ms, the latest last. */
  invalid: readonly number[]
}

export interface Subscriptions {
  all(): readonly Subscription[]
  find(destination: string): Subscription | undefined
  /** The same destination again replaces the settings and switches it on again. */
  put(subscription: {
    readonly destination: string
    readonly settings: readonly string[]
    readonly sort: number
    readonly by: number
  }): Subscription
  remove(destination: string): boolean
}

export function createSubscriptions(world: World): Subscriptions {
  const byDestination = new Map<string, Subscription>()
  return {
    all: () => [...byDestination.values()],
    find: (destination) => byDestination.get(destination),
    put({ destination, settings, sort, by }) {
      const now = world.seconds()
      const stored = byDestination.get(destination) ?? {
        id: world.nextId('webhooks'),
        destination,
        createdAt: now,
        createdBy: by,
        updatedAt: now,
        sort,
        settings,
        disabled: false,
        invalid: [],
      }
      Object.assign(stored, { settings: [...new Set(settings)], sort, updatedAt: now, disabled: false, invalid: [] })
      byDestination.set(destination, stored)
      return stored
    },
    remove: (destination) => byDestination.delete(destination),
  }
}
