import type { JobChange, OutboxStore, StoredJob } from '../store/ports.ts'

export interface DeadLetters {
  /** The latest first. */
  list(limit: number): Promise<readonly StoredJob[]>
  /**
   * Sends dead jobs again, each with the dead jobs it builds on and those that died with it.
   * @param keys undefined: all
   * @returns keys of the jobs that wait again
   */
  retry(keys: readonly string[] | undefined): Promise<readonly string[]>
  /** Gives dead jobs up, with those that build on them. @returns keys of what was removed */
  drop(keys: readonly string[]): Promise<readonly string[]>
}

/** What a person can decide about jobs the CRM would not take. */
export function createDeadLetters(
  store: Pick<OutboxStore, 'dead' | 'change' | 'forgetDead'>,
  now: () => number,
): DeadLetters {
  return {
    list: (limit) => store.dead(limit),
    async retry(keys) {
      const changes = revived(await store.dead(MOST), keys && new Set(keys), now())
      if (changes.length > 0) await store.change(changes)
      return changes.map(({ key }) => key)
    },
    async drop(keys) {
      const family = withRelatives(await store.dead(MOST), new Set(keys), (job) => job.after)
      return store.forgetDead([...family])
    },
  }
}

/** More dead letters than that are a fault of the configuration: mended, they are sent again in turns. */
const MOST = 10_000

/** What makes these dead jobs wait again; a dead base goes first, or they would die with it once more. */
export function revived(
  dead: readonly StoredJob[],
  chosen: ReadonlySet<string> | undefined,
  now: number,
): readonly JobChange[] {
  const bases = new Map(dead.map((job) => [job.key, job.after]))
  const withBases = new Set(chosen ?? bases.keys())
  for (const key of withBases) {
    const base = bases.get(key)
    if (base !== undefined && bases.has(base)) withBases.add(base)
  }
  const family = withRelatives(dead, withBases, (job) => job.after)
  return dead
    .filter(({ key }) => family.has(key))
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ key }) => ({ key, state: 'waiting', dueAt: now, ...fresh }))
}

/** These and everything that died because of them. */
function withRelatives(
  dead: readonly StoredJob[],
  chosen: ReadonlySet<string>,
  baseOf: (job: StoredJob) => string | undefined,
): ReadonlySet<string> {
  const family = new Set(chosen)
  for (const key of family) for (const job of dead) if (baseOf(job) === key) family.add(job.key)
  return family
}

/** As if it had never been tried: nothing of a refused attempt was executed. */
const fresh = {
  reason: null,
  attempts: 0,
  firstAttemptAt: null,
  lastAttemptEndedAt: null,
  absences: 0,
  losses: 0,
} as const
