import type { Change } from '../state/changes.ts'
import type { World } from '../state/world.ts'
import type { Schedule } from '../transport/schedule.ts'
import { codeOf } from './codes.ts'
import { payloadOf } from './payload.ts'
import { phpForm } from './php-form.ts'
import { type Posted, post } from './post.ts'
import {
  answerWithinMs,
  invalidAnswersBeforeDisabling,
  invalidAnswersWithinMs,
  isValid,
  retryAfter,
  timedOut,
} from './retry-plan.ts'
import type { Subscription, Subscriptions } from './subscriptions.ts'

/** One attempt to deliver. */
export interface Delivery {
  /** Epoch ms by the sandbox's clock. */
  readonly at: number
  readonly destination: string
  readonly code: string
  /** From 1. */
  readonly attempt: number
  /** As sent. */
  readonly body: string
  /** What was answered; 0 when nobody listened, 499 when the answer came too late; undefined while it is awaited. */
  readonly status: number | undefined
}

/** What becomes of the next webhooks: amoCRM promises neither delivery, nor once, nor order. */
export type Mishap =
  | { readonly kind: 'drop' | 'duplicate' }
  /** Later than those that happen after it. */
  | { readonly kind: 'late'; readonly ms: number }

export interface DispatcherOptions {
  /** From a change to its first delivery; milliseconds. */
  readonly delayMs: number
  /** Where a destination is reached, for public names that stand for a local server. Only loopback addresses are ever asked. */
  readonly reach: (destination: string) => string
}

export interface Dispatcher {
  /** Sends what has changed since. */
  dispatch(): void
  deliveries(): readonly Delivery[]
  /** Resolves when nothing is on its way: retries may still wait for their time. */
  settled(): Promise<void>
  /** For the next `times` webhooks. */
  mishap(mishap: Mishap, times?: number): void
  close(): void
}

type OpenDelivery = { -readonly [Key in keyof Delivery]: Delivery[Key] }

/** A sandbox that runs for days must not eat the machine. */
const keepAtMost = 50_000

interface Message {
  readonly subscription: Subscription
  readonly code: string
  readonly body: string
}

export function createDispatcher(
  world: World,
  subscriptions: Subscriptions,
  schedule: Schedule,
  base: () => string,
  options: DispatcherOptions,
): Dispatcher {
  const deliveries: OpenDelivery[] = []
  const underWay = new Set<Promise<void>>()
  const open = new Set<Posted>()
  let closed = false
  let mishaps: Mishap[] = []

  function send(message: Message): void {
    const mishap = mishaps.shift()
    if (mishap?.kind === 'drop') return
    const delay = options.delayMs + (mishap?.kind === 'late' ? mishap.ms : 0)
    const times = mishap?.kind === 'duplicate' ? 2 : 1
    for (let time = 0; time < times; time += 1) inTime(delay, () => attempt(message, 1))
  }

  function inTime(ms: number, job: () => void): void {
    if (ms === 0) job()
    else schedule.after(ms, job)
  }

  function attempt(message: Message, number: number): void {
    const { subscription } = message
    // Whoever unsubscribed, or was switched off, hears nothing more of what was waiting.
    if (subscription.disabled || subscriptions.find(subscription.destination) !== subscription) return
    const under = deliver(message, number).finally(() => underWay.delete(under))
    underWay.add(under)
  }

  async function deliver(message: Message, number: number): Promise<void> {
    const { subscription, code, body } = message
    const { destination } = subscription
    const record: OpenDelivery = { at: world.now(), destination, code, attempt: number, body, status: undefined }
    deliveries.push(record)
    if (deliveries.length > keepAtMost) deliveries.splice(0, keepAtMost / 2)
    const status = await answer(options.reach(destination), body)
    if (closed) return
    record.status = status
    if (isValid(status)) return
    judge(subscription)
    const wait = retryAfter(number, status)
    if (wait !== undefined) schedule.after(wait, () => attempt(message, number + 1))
  }

  /** The status, or 499 when it did not come in time. */
  async function answer(address: string, body: string): Promise<number> {
    const posted = post(address, body)
    open.add(posted)
    let late = false
    const callOff = schedule.after(answerWithinMs, () => {
      late = true
      posted.giveUp()
    })
    const status = await posted.status
    callOff()
    open.delete(posted)
    return late ? timedOut : status
  }

  function judge(subscription: Subscription): void {
    const now = world.now()
    subscription.invalid = [...subscription.invalid.filter((at) => at > now - invalidAnswersWithinMs), now]
    if (subscription.invalid.length > invalidAnswersBeforeDisabling) subscription.disabled = true
  }

  function dispatch(): void {
    for (const changes of batches(world.changes.drain())) {
      const [first] = changes
      if (first === undefined) continue
      const code = codeOf(first)
      const wanted = subscriptions.all().filter(({ disabled, settings }) => !disabled && settings.includes(code))
      if (wanted.length === 0) continue
      const body = phpForm(payloadOf(world, changes, base()))
      for (const subscription of wanted) send({ subscription, code, body })
    }
  }

  return {
    dispatch,
    deliveries: () => deliveries.map((delivery) => ({ ...delivery })),
    async settled() {
      // Changes are told in a microtask after they were made.
      await Promise.resolve()
      while (underWay.size > 0) await Promise.all(underWay)
    },
    mishap(mishap, times = 1) {
      mishaps = [...mishaps, ...Array.from({ length: times }, () => mishap)]
    },
    close() {
      closed = true
      for (const posted of open) posted.giveUp()
    },
  }
}

/** Things one request may tell of: amoCRM says several, not how many. */
const maximumItems = 10

/** Changes made in one go and told under the same code travel together, `[0]`, `[1]` and so on. */
function batches(changes: readonly Change[]): Change[][] {
  const all: Change[][] = []
  const open = new Map<string, Change[]>()
  for (const change of changes) {
    const batch = open.get(codeOf(change))
    if (batch !== undefined && batch.length < maximumItems) {
      batch.push(change)
      continue
    }
    const fresh = [change]
    open.set(codeOf(change), fresh)
    all.push(fresh)
  }
  return all
}
