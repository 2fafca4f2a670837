import type { BlindTime } from '../store/ledger-ports.ts'
import type { Gap } from './catch-up.ts'
import type { CelReader } from './cel-reader.ts'
import type { Database } from './database.ts'

/** Shorter than this nobody can say that a witness was away. */
const SHORTEST_MS = 10_000

export interface SecondWitnessAway {
  /** When the database server was started, epoch milliseconds. */
  readonly serverStartedAt: number
  /** When the last row before that was written; undefined when nobody can tell. */
  readonly lastRowAt: number | undefined
}

/** The part of a time in which nobody listened that CEL cannot tell either: its database was down. Calls of it may be lost for good. */
export function blindTime(gap: Gap, { serverStartedAt, lastRowAt }: SecondWitnessAway): BlindTime | undefined {
  const from = Math.max(gap.from, lastRowAt ?? gap.from)
  const to = Math.min(gap.to, serverStartedAt)
  return to - from >= SHORTEST_MS ? { from, to, why: 'both-witnesses' } : undefined
}

/** Asks the server how long it runs. @throws DatabaseError */
export async function secondWitnessAway(
  database: Database,
  cel: Pick<CelReader, 'newestBefore'>,
  now: number,
): Promise<SecondWitnessAway> {
  const [row] = await database.query("SHOW GLOBAL STATUS LIKE 'Uptime'")
  const serverStartedAt = now - Number(row?.['Value'] ?? 0) * 1000
  return { serverStartedAt, lastRowAt: await cel.newestBefore(serverStartedAt) }
}
