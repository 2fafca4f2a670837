import type { Call } from '../calls/call.ts'
import type { PendingCall, PendingCalls } from '../store/ports.ts'
import type { CelReader, CelSeeds } from './cel-reader.ts'
import { DatabaseError } from './database-error.ts'
import { pause } from './pause.ts'
import { tellSame } from './same-call.ts'
import { type TellingOptions, type ToldCall, type ToldGroup, tellGroup } from './tell-group.ts'

export interface WitnessTiming {
  /** A group is told when its newest row is this old. */
  readonly quietMs: number
  /** So long after its end a call is told by CEL or not at all. */
  readonly patienceMs: number
  readonly pollMs: number
}

/** Design section 3. */
export const witnessTiming: WitnessTiming = { quietMs: 30_000, patienceMs: 600_000, pollMs: 5_000 }

export interface SecondWitnessDeps {
  /** Left out: there is no CEL, and calls are told as they were reconstructed. */
  readonly cel?: Pick<CelReader, 'groupsOf'>
  readonly telling: TellingOptions
  readonly pending: PendingCalls
  readonly pbx: string
  /** Brings the call into the journal. Resolves with whether the disk has it; never rejects. */
  readonly register: (call: Call, events: readonly unknown[]) => Promise<boolean>
  /** Asterisk's clock, epoch milliseconds. */
  readonly asteriskNow: () => number
  /** When the Asterisk that runs now was started; channels that are older are gone. */
  readonly asteriskStartedAt: () => number | undefined
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly timing?: Partial<WitnessTiming>
}

/** Tells the calls that the live witness did not see whole. */
export interface SecondWitness extends AsyncDisposable {
  /** Calls that waited when the process ended wait on. Never rejects. */
  resume(): Promise<void>
  /** Keeps the call until CEL has told it, or its time is up. Resolves when the disk has it; never rejects. */
  take(call: Call, events: readonly unknown[]): Promise<void>
  /** Calls that wait to be told. */
  waiting(): readonly Call[]
}

/**
 * One witness tells a call (design section 3): live, if it saw the whole life; else CEL alone, once the group has no open channel and no new
 * row. What CEL does not tell in time is registered as live knows it, marked `reconstructed`.
 */
export function createSecondWitness(deps: SecondWitnessDeps): SecondWitness {
  const { cel, telling, pending, pbx, register, asteriskNow, asteriskStartedAt, log } = deps
  const { quietMs, patienceMs, pollMs } = { ...witnessTiming, ...deps.timing }
  const ending = new AbortController()
  const underWay = new Map<Promise<void>, Call>()
  let troubled = false

  /** What CEL makes of the call now; undefined when CEL cannot be read. */
  const ask = async (call: Call, events: readonly unknown[]): Promise<readonly ToldGroup[] | undefined> => {
    try {
      const groups = (await cel?.groupsOf(seedsOf(call, events))) ?? []
      if (troubled) log.info({}, 'CEL can be read again')
      troubled = false
      return groups.map((group) => {
        const told = tellGroup(group, telling)
        const cutAt = deathOf(told, call)
        return cutAt === undefined ? told : tellGroup(group, telling, cutAt)
      })
    } catch (error) {
      if (!(error instanceof DatabaseError)) throw error
      if (!troubled && !ending.signal.aborted)
        log.warn({ error: error.message }, 'CEL cannot be read; calls that were not seen whole wait for it')
      troubled = true
      return undefined
    }
  }

  /** When the group's channels died with the Asterisk they lived in: the end the live witness gave them, since it heard it last. */
  const deathOf = ({ newestAt = 0, open }: ToldGroup, call: Call): number | undefined => {
    const startedAt = asteriskStartedAt()
    if (open === 0 || startedAt === undefined || startedAt <= newestAt) return undefined
    return Math.max(newestAt, Math.min(call.endedAt ?? newestAt, startedAt))
  }

  const isSettled = ({ open, newestAt }: ToldGroup): boolean => {
    if (newestAt === undefined || asteriskNow() - newestAt < quietMs) return false
    return open === 0 || (asteriskStartedAt() ?? 0) > newestAt
  }

  const tell = async (call: Call, events: readonly unknown[], signal: AbortSignal): Promise<boolean> => {
    for (let failures = 0; ; ) {
      const groups = await ask(call, events)
      signal.throwIfAborted()
      if (!groups) failures += 1
      const late = asteriskNow() - (call.endedAt ?? 0) >= patienceMs
      const told = (groups ?? []).filter((group) => late || isSettled(group)).flatMap(({ calls }) => calls)
      const same = told.filter((one) => tellsWhole(one, call))
      if (same.length > 0) return all(same.map((one) => register(one.call, one.events)))
      // One broken connection is no reason to give CEL up.
      if (late && (groups || failures > 1)) return register(call, events)
      await pause(pollMs, signal)
    }
  }

  const settle = async (call: Call, events: readonly unknown[]): Promise<void> => {
    try {
      const isTold = cel ? await tell(call, events, ending.signal) : await register(call, events)
      // A call that is not on the disk waits there for the next start.
      if (isTold) await pending.remove(rowOf(call, events))
    } catch (error) {
      if (ending.signal.aborted) return
      log.warn({ call: call.id, error: String(error) }, 'a call that was not seen whole waits for the next start')
    }
  }

  /** What the disk refuses for now is at least told while this process lives. */
  const keep = async (call: Call, events: readonly unknown[]): Promise<void> => {
    try {
      await pending.add(rowOf(call, events))
    } catch (error) {
      log.warn(
        { call: call.id, error: String(error) },
        'a call that was not seen whole could not be kept for the next start',
      )
    }
  }

  const follow = (call: Call, work: Promise<void>): void => {
    underWay.set(work, call)
    void work.finally(() => underWay.delete(work))
  }

  const rowOf = (call: Call, events: readonly unknown[]): PendingCall => ({
    ...{ pbx, id: call.id, endedAt: call.endedAt ?? call.startedAt, call, events },
  })

  return {
    async resume() {
      try {
        for (const { call, events } of await pending.all(pbx)) if (isCall(call)) follow(call, settle(call, events))
      } catch (error) {
        log.warn({ error: String(error) }, 'calls that wait for CEL could not be read')
      }
    },
    async take(call, events) {
      const kept = keep(call, events)
      follow(
        call,
        kept.then(() => settle(call, events)),
      )
      await kept
    },
    waiting: () => [...underWay.values()],
    [Symbol.asyncDispose]: async () => {
      ending.abort()
      await Promise.all(underWay.keys())
    },
  }
}

/** A conversation that was heard and is not in CEL: rows were lost, so it is no witness of this call. */
function tellsWhole({ call: told }: ToldCall, live: Call): boolean {
  return tellSame(told, live) && (told.answered || !live.answered)
}

async function all(works: readonly Promise<boolean>[]): Promise<boolean> {
  return (await Promise.all(works)).every((done) => done)
}

function seedsOf(call: Call, events: readonly unknown[]): CelSeeds {
  const uniqueids = new Set<string>()
  for (const event of events) {
    const channel = typeof event === 'object' && event !== null && 'channel' in event ? event.channel : undefined
    if (typeof channel === 'object' && channel !== null && 'id' in channel) uniqueids.add(String(channel.id))
  }
  return { linkedids: call.linkedids, uniqueids }
}

/** Rows come back from the disk as JSON of any version. */
function isCall(value: unknown): value is Call {
  return (
    typeof value === 'object' &&
    value !== null &&
    'linkedids' in value &&
    Array.isArray(value.linkedids) &&
    'endedAt' in value
  )
}
