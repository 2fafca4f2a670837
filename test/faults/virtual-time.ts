import { syncBuiltinESMExports } from 'node:module'
import timersPromises from 'node:timers/promises'

/**
 * A clock of our own for this whole process: `Date.now`, `performance.now`, timers, `AbortSignal.timeout` and `node:timers/promises` go by it,
 * so that the service's real loops, pauses and its pace run through a day in minutes. Sockets, files and threads keep real time.
 */
export interface VirtualTime {
  now(): number
  /** When the next timer is due, epoch ms. */
  nextDue(): number | undefined
  /** Moves the clock, never back, and fires what is due by then in its order; promises settle in between. */
  advanceTo(at: number): Promise<void>
  /** `act` at an instant. */
  at(at: number, act: () => void): void
}

interface Timer {
  readonly due: number
  readonly serial: number
  readonly fire: () => void
}

/** @param start epoch milliseconds */
export function installVirtualTime(start: number): VirtualTime {
  const real = { setImmediate }
  const origin = start
  let now = start
  let serial = 0
  const queue = new TimerQueue()

  const add = (ms: number, fire: () => void) => {
    serial += 1
    return queue.add({ due: now + Math.max(1, Math.ceil(Number.isFinite(ms) ? ms : 1)), serial, fire })
  }
  const handle = (timer: Timer) => {
    const one = {
      cancel: () => queue.remove(timer),
      ref: () => one,
      unref: () => one,
      hasRef: () => false,
      refresh: () => one,
      close: () => one.cancel(),
      [Symbol.dispose]: () => one.cancel(),
    }
    return one
  }
  const clear = (timer: unknown) => {
    if (typeof timer === 'object' && timer !== null && 'cancel' in timer && typeof timer.cancel === 'function')
      timer.cancel()
  }
  const every = (act: (...args: unknown[]) => void, ms: number, ...args: unknown[]) => {
    let current: Timer
    const again = () => {
      current = add(ms, again)
      act(...args)
    }
    current = add(ms, again)
    return { ...handle(current), cancel: () => queue.remove(current) }
  }
  const sleep = (ms = 1, value?: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const stop = () => {
        queue.remove(timer)
        reject(signal?.reason)
      }
      const timer = add(ms, () => {
        signal?.removeEventListener('abort', stop)
        resolve(value)
      })
      signal?.addEventListener('abort', stop, { once: true })
    })

  Object.assign(globalThis, {
    setTimeout: (act: (...args: unknown[]) => void, ms = 1, ...args: unknown[]) => handle(add(ms, () => act(...args))),
    clearTimeout: clear,
    setInterval: every,
    clearInterval: clear,
  })
  Date.now = () => now
  performance.now = () => now - origin
  AbortSignal.timeout = (ms) => {
    const ending = new AbortController()
    add(ms, () => ending.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')))
    return ending.signal
  }
  Object.assign(timersPromises, { setTimeout: sleep })
  syncBuiltinESMExports()

  return {
    now: () => now,
    nextDue: () => queue.first()?.due,
    at: (at, act) => void add(at - now, act),
    async advanceTo(at) {
      for (;;) {
        const next = queue.first()
        if (!next || next.due > at) break
        now = Math.max(now, next.due)
        queue.remove(next)
        next.fire()
        await new Promise((resolve) => real.setImmediate(resolve))
      }
      now = Math.max(now, at)
    },
  }
}

/** A binary heap by instant, then by order of asking; what was called off is skipped when it comes up. */
class TimerQueue {
  #heap: Timer[] = []
  #waiting = new Set<Timer>()

  add(timer: Timer): Timer {
    this.#waiting.add(timer)
    this.#heap.push(timer)
    this.#up(this.#heap.length - 1)
    return timer
  }

  remove(timer: Timer): void {
    this.#waiting.delete(timer)
  }

  first(): Timer | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || this.#waiting.has(top)) return top
      const last = this.#heap.pop()
      if (last !== undefined && this.#heap.length > 0) {
        this.#heap[0] = last
        this.#down(0)
      }
    }
  }

  #before(a: number, b: number): boolean {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (!one || !other) return false
    return one.due === other.due ? one.serial < other.serial : one.due < other.due
  }

  #swap(a: number, b: number): void {
    const [one, other] = [this.#heap[a], this.#heap[b]]
    if (!one || !other) return
    this.#heap[a] = other
    this.#heap[b] = one
  }

  #up(from: number): void {
    for (let at = from; at > 0; ) {
      const parent = (at - 1) >> 1
      if (!this.#before(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #down(from: number): void {
    for (let at = from; ; ) {
      const [left, right] = [2 * at + 1, 2 * at + 2]
      let least = at
      if (this.#before(left, least)) least = left
      if (this.#before(right, least)) least = right
      if (least === at) return
      this.#swap(at, least)
      at = least
    }
  }
}
