import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Upkeep } from '../../store/upkeep-ports.ts'
import { type ClockTrust, trustClock } from './clock-trust.ts'
import { backupName, isBackupDue, listBackups, removeOldBackups } from './daily-backup.ts'

export interface UpkeepDeps {
  readonly store: Upkeep
  /** Where copies of each day go. */
  readonly directory: string
  readonly backupDays: number
  readonly keepEventsDays: number
  readonly keepDays: number
  /** Epoch milliseconds. */
  readonly now: () => number
  /** Milliseconds on a clock that nobody sets. */
  readonly steady: () => number
  readonly log: Pick<Logger, 'info' | 'warn'>
  /** Milliseconds between two looks; shorter in tests. */
  readonly everyMs?: number
}

export interface UpkeepStatus {
  /** Epoch milliseconds of the latest copy of the state; undefined: none. */
  readonly lastBackupAt: number | undefined
  readonly lastBackupBytes: number | undefined
  /** Why there is no newer one. */
  readonly trouble: string | undefined
  /** The machine's clock was set: nothing is removed by its age until it has proven itself. */
  readonly clockDoubted: boolean
}

const DAY_MS = 86_400_000
const LOOK_MS = 60_000
/** Small slices behind everything else: each is a share of a commit that calls wait for. */
const SLICE = 50
const PAGES = 200
const BETWEEN_MS = 200

/** Copies of each day, and what goes by age, a slice at a time. */
export function createUpkeep(deps: UpkeepDeps) {
  const { store, directory, backupDays, keepEventsDays, keepDays, now, steady, log, everyMs = LOOK_MS } = deps
  let trust: ClockTrust | undefined
  let trouble: string | undefined

  const backUp = async (): Promise<void> => {
    if (backupDays === 0 || !isBackupDue(await listBackups(directory), now())) return
    const made = await store.backup(join(directory, backupName(now())))
    trouble = undefined
    log.info(made, 'the state was copied')
    await removeOldBackups(directory, backupDays * DAY_MS, now())
  }

  /** True when there may be more of it. */
  const slice = async (): Promise<boolean> => {
    const events = await store.dropEvents(now() - keepEventsDays * DAY_MS, SLICE)
    const calls = await store.fadeCalls(now() - keepDays * DAY_MS, SLICE)
    return (await store.shrink(PAGES)) || events || calls
  }

  const isTrusted = (): boolean => {
    const at = steady()
    trust = trustClock(trust, now(), at)
    return at >= trust.from
  }

  return {
    /** Until `signal` is aborted. Never rejects. */
    async run(signal: AbortSignal): Promise<void> {
      for (let more = false; ; ) {
        await sleep(more ? BETWEEN_MS : everyMs, undefined, { signal }).catch(() => undefined)
        if (signal.aborted) return
        more = false
        try {
          if (isTrusted()) more = await slice()
          if (!more) await backUp()
        } catch (error) {
          const before = trouble
          trouble = String(error)
          if (trouble !== before)
            log.warn({ error: trouble }, 'the state could not be copied or cleared of what is old')
        }
      }
    },
    async status(): Promise<UpkeepStatus> {
      const [latest] = await listBackups(directory)
      return {
        lastBackupAt: latest?.madeAt,
        lastBackupBytes: latest?.bytes,
        trouble,
        clockDoubted: trust?.wasSet === true && steady() < trust.from,
      }
    },
  }
}
