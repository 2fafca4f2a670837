import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Systemd } from './systemd.ts'

export interface PulseDeps {
  readonly systemd: Systemd
  /** A write to the own state. */
  readonly beat: () => Promise<void>
  /** How long it took. */
  readonly beaten: (ms: number) => void
  /** One line for people. */
  readonly status: () => string
  readonly log: Pick<Logger, 'error'>
  readonly everyMs?: number
}

const EVERY_MS = 15_000

/**
 * Gives signs of life while the event loop turns and the store answers, until `signal` aborts. A store that refuses (a full disk) answers: starting
 * anew would not help. One that says nothing at all does not, and then systemd is told nothing either.
 */
export async function keepPulse(deps: PulseDeps, signal: AbortSignal): Promise<void> {
  const { systemd, beat, beaten, status, log, everyMs = EVERY_MS } = deps
  const restMs = Math.min(everyMs, (systemd.watchdogMs ?? Number.POSITIVE_INFINITY) / 3)
  while (!signal.aborted) {
    if (await answers(beat, beaten, restMs)) {
      await systemd.notify({
        READY: '1',
        ...(systemd.watchdogMs !== undefined && { WATCHDOG: '1' }),
        STATUS: status(),
      })
    } else {
      log.error({ withinMs: restMs }, 'the own state does not answer')
    }
    await sleep(restMs, undefined, { signal }).catch(() => undefined)
  }
}

async function answers(beat: () => Promise<void>, beaten: (ms: number) => void, withinMs: number): Promise<boolean> {
  const began = performance.now()
  const late = new AbortController()
  const answered = beat().then(
    () => beaten(performance.now() - began),
    () => undefined,
  )
  const silence = sleep(withinMs, 'silent', { signal: late.signal }).catch(() => undefined)
  const first = await Promise.race([answered, silence])
  late.abort()
  return first !== 'silent'
}
