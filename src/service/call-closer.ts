import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Call } from '../calls/call.ts'
import type { Registrar } from '../registration/registrar.ts'
import { StoreError } from '../store/store-error.ts'

/** A full disk is emptied by people: often enough that nobody waits, seldom enough that the log stays readable. */
const RETRY_MS = 5_000

export interface CallCloserDeps {
  readonly registrar: Registrar
  /** New jobs wait in the outbox. */
  readonly wakeOutbox: () => void
  readonly log: Logger
  readonly retryMs?: number
}

/** Brings ended calls into the journal. What the disk refuses for now is tried again until it is in or the service ends. */
export interface CallCloser extends AsyncDisposable {
  /** Resolves with whether the journal has it; never rejects. `events` are what the call was folded from. */
  close(call: Call, events: readonly unknown[]): Promise<boolean>
}

export function createCallCloser({ registrar, wakeOutbox, log, retryMs = RETRY_MS }: CallCloserDeps): CallCloser {
  const underWay = new Set<Promise<boolean>>()
  const ending = new AbortController()

  const tryUntilWritten = async (call: Call, events: readonly unknown[]): Promise<boolean> => {
    for (;;) {
      try {
        const registered = await registrar.register(call, events)
        // A pass over CEL meets every call that live has told.
        if (registered.kind === 'known') log.debug({ ...summary(call), registered }, 'call is known')
        else log.info({ ...summary(call), registered }, 'call ended')
        if (registered.kind === 'registering') wakeOutbox()
        return true
      } catch (error) {
        const again = error instanceof StoreError && error.worthRetrying && !ending.signal.aborted
        log.error({ ...summary(call), error: String(error), again }, 'an ended call could not be journalled')
        if (!again) return false
        await sleep(retryMs, undefined, { signal: ending.signal }).catch(() => undefined)
      }
    }
  }

  return {
    close: async (call, events) => {
      const work = tryUntilWritten(call, events)
      underWay.add(work)
      const written = await work
      underWay.delete(work)
      return written
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort()
      await Promise.all(underWay)
    },
  }
}

function summary(call: Call) {
  const { id, direction, line, client, result, waitSeconds, talkSeconds, responsible, evidence } = call
  return { call: id, direction, line, client, result, waitSeconds, talkSeconds, responsible, evidence }
}
