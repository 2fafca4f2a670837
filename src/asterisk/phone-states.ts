import { setTimeout as sleep } from 'node:timers/promises'
import type { AriCommands } from './ari-commands.ts'
import { AriError } from './ari-error.ts'
import { type EndpointList, readEndpoints } from './endpoint-state.ts'
import type { Log } from './log.ts'

export interface PhoneStatesDeps {
  readonly commands: Pick<AriCommands, 'endpoints' | 'getVariable'>
  /** How an extension is dialled: `PJSIP/{extension}`. */
  readonly dialString: string
  /** Family of Asterisk's database with a key for everybody who does not want to be disturbed; empty: none. */
  readonly doNotDisturb: string
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: Log
  readonly everyMs?: number
}

/**
 * Which phones are there and which do not want to ring. Registration is in no event that can be had without a subscription that
 * deadlocks Asterisk (reference ari.md 2.3), so it is asked for.
 *
 * Who does not want to be disturbed stands in Asterisk's own database. ARI reads functions of a channel only: `GET /asterisk/variable`
 * takes them for names of variables and says nothing, and of a channel `DB()` is refused with 500 while `DB_KEYS()` is not (16.28 and
 * 22.10.1 alike, measured). So it is known as of the last question, whose dialplan tells it, or of the last look at which any channel was there.
 */
export interface PhoneStates {
  /** Looks every ten seconds until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>
  /** Looks now, unless somebody is looking already. Never rejects: what could not be read stays as it was known. */
  look(): Promise<void>
  /** The dialplan told it with a question. */
  undisturbedAre(extensions: readonly string[]): void
  /** Only what is known for certain: a phone that Asterisk cannot judge counts as there. */
  isUnregistered(extension: string): boolean
  isUndisturbed(extension: string): boolean
  status(): PhoneStatesStatus
}

export interface PhoneStatesStatus {
  /** When the registrations were read, epoch milliseconds. */
  readonly readAt: number | undefined
  readonly undisturbed: readonly string[]
  readonly undisturbedAt: number | undefined
}

/** Half of it, on average, is how late a phone's registration is seen; a phone that is gone is not rung by Asterisk either. */
const EVERY_MS = 10_000

export function createPhoneStates(deps: PhoneStatesDeps): PhoneStates {
  const { commands, dialString, doNotDisturb, now, log, everyMs = EVERY_MS } = deps
  let endpoints: EndpointList | undefined
  let readAt: number | undefined
  let undisturbed: ReadonlySet<string> = new Set()
  let undisturbedAt: number | undefined
  let looking: Promise<void> | undefined

  const undisturbedAre = (extensions: readonly string[]): void => {
    undisturbed = new Set(extensions)
    undisturbedAt = now()
  }

  const readUndisturbed = async (channel: string | undefined): Promise<void> => {
    if (doNotDisturb === '' || channel === undefined) return
    const asked = now()
    const keys = (await commands.getVariable(channel, `DB_KEYS(${doNotDisturb})`)) ?? ''
    // A question that came meanwhile knows better.
    if (undisturbedAt === undefined || undisturbedAt <= asked)
      undisturbedAre(keys.split(',').filter((key) => key !== ''))
  }

  const lookOnce = async (): Promise<void> => {
    try {
      endpoints = readEndpoints(await commands.endpoints())
      readAt = now()
      await readUndisturbed(endpoints.anyChannel)
    } catch (error) {
      // The channel has hung up meanwhile; or the link is down, which is told elsewhere.
      const level = error instanceof AriError ? 'debug' : 'error'
      log[level]({ error: String(error) }, 'the states of phones could not be read')
    }
  }

  const look = (): Promise<void> => {
    looking ??= lookOnce().finally(() => {
      looking = undefined
    })
    return looking
  }

  return {
    look,
    undisturbedAre,
    run: async (signal) => {
      while (!signal.aborted) {
        await look()
        await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined)
      }
    },
    isUnregistered: (extension) => endpoints?.stateOf(dialString.replaceAll('{extension}', extension)) === 'offline',
    isUndisturbed: (extension) => undisturbed.has(extension),
    status: () => ({ readAt, undisturbed: [...undisturbed], undisturbedAt }),
  }
}
