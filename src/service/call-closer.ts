import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Call } from '../calls/call.ts'
import type { Registrar } from '../registration/registrar.ts'
import { StoreError } from '../store/store-error.ts'

/** A full disk is emptied by people: often enough that nobody waits. */
const RETRY_MS = 5_000
/** Some 50 MB with their events. What ends beyond it is told by CEL when there is room. */
const MOST_UNWRITTEN = 1_000

export interface CallCloserDeps {
  readonly registrar: Pick<Registrar, 'register'>
  /** New jobs wait in the outbox. */
  readonly wakeOutbox: () => void
  readonly log: Logger
  readonly retryMs?: number
  readonly mostUnwritten?: number
  /** Calls end that nobody keeps; whoever reads CEL must catch them up from the last time that was watched. */
  readonly overflown?: () => void
  /** After that: the disk takes calls again. */
  readonly relieved?: () => void
}

/** Brings ended calls into the journal. What the disk refuses for now is tried again until it is in or the service ends. */
export interface CallCloser extends AsyncDisposable {
  /** Resolves with whether the journal has it; never rejects. `events` are what the call was folded from. */
  close(call: Call, events: readonly unknown[]): Promise<boolean>
  /** Calls that have ended and are not on the disk yet. */
  unwritten(): number
}

export function createCallCloser(deps: CallCloserDeps): CallCloser {
  const { registrar, wakeOutbox, log, retryMs = RETRY_MS, mostUnwritten = MOST_UNWRITTEN, overflown, relieved } = deps
  const underWay = new Set<Promise<boolean>>()
  const ending = new AbortController()
  /** The disk refuses: one call tries, the others wait for it. */
  let refused: PromiseWithResolvers<void> | undefined
  let overflow = 0

  const write = async (call: Call, events: readonly unknown[]): Promise<void> => {
    const registered = await registrar.register(call, events)
    // A pass over CEL meets every call that live has told.
    if (registered.kind === 'known') log.debug({ ...summary(call), registered }, 'call is known')
    else log.info({ ...summary(call), registered }, 'call ended')
    if (registered.kind === 'registering') wakeOutbox()
  }

  const admit = (): void => {
    refused?.resolve()
    refused = undefined
    log.info({ unwritten: underWay.size, overflow }, 'ended calls are journalled again')
    if (overflow > 0) relieved?.()
    overflow = 0
  }

  const tryUntilWritten = async (call: Call, events: readonly unknown[]): Promise<boolean> => {
    for (let trying = false; ; ) {
      if (!trying) await refused?.promise
      try {
        await write(call, events)
        if (trying) admit()
        return true
      } catch (error) {
        if (!(error instanceof StoreError && error.worthRetrying) || ending.signal.aborted) {
          log.error({ ...summary(call), error: String(error), again: false }, 'an ended call could not be journalled')
          // Whoever waits finds out for himself.
          if (trying) {
            refused?.resolve()
            refused = undefined
          }
          return false
        }
        if (!refused) {
          trying = true
          refused = Promise.withResolvers()
          log.error(
            { ...summary(call), error: String(error), again: true },
            'an ended call could not be journalled; calls wait in memory',
          )
        }
        if (trying) await sleep(retryMs, undefined, { signal: ending.signal }).catch(() => undefined)
      }
    }
  }

  return {
    close: async (call, events) => {
      if (underWay.size >= mostUnwritten && refused) {
        if (overflow === 0)
          log.error({ unwritten: underWay.size }, 'too many calls wait for the disk; CEL will tell the next ones')
        if (overflow === 0) overflown?.()
        overflow += 1
        return false
      }
      const work = tryUntilWritten(call, events)
      underWay.add(work)
      const written = await work
      underWay.delete(work)
      return written
    },
    unwritten: () => underWay.size,
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
