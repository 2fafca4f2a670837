import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

const DAY_MS = 86_400_000
/** A copy of a day is due as soon as it is that old; a little less, so that it does not wander through the day. */
const DUE_MS = DAY_MS - 600_000
const NAME = /^callweave-\d{4}-\d\d-\d\dT\d{6}Z\.db$/

export interface Backup {
  readonly file: string
  readonly bytes: number
  /** Epoch milliseconds. */
  readonly madeAt: number
}

/** A copy's name tells when it was made, in UTC. */
export function backupName(now: number): string {
  const moment = new Date(now).toISOString()
  return `callweave-${moment.slice(0, 10)}T${moment.slice(11, 19).replaceAll(':', '')}Z.db`
}

/** The copies of a folder, the latest first. None when there is no folder. */
export async function listBackups(directory: string): Promise<readonly Backup[]> {
  const names = await readdir(directory).catch(() => [])
  const found = await Promise.all(
    names
      .filter((name) => NAME.test(name))
      .map(async (name): Promise<Backup> => {
        const { size, mtimeMs } = await stat(join(directory, name))
        return { file: join(directory, name), bytes: size, madeAt: mtimeMs }
      }),
  )
  return found.toSorted((a, b) => b.madeAt - a.madeAt)
}

/** Whether it is time. Copies out of the future were made by a clock that was wrong, and say nothing. */
export function isBackupDue(backups: readonly Backup[], now: number): boolean {
  const latest = backups.find(({ madeAt }) => madeAt - now <= DAY_MS)
  return latest === undefined || now - latest.madeAt >= DUE_MS
}

/** Removes copies older than `keepMs`, or as far in the future; the latest stays however old it is. */
export async function removeOldBackups(directory: string, keepMs: number, now: number): Promise<void> {
  const [, ...older] = (await listBackups(directory)).toSorted(
    (a, b) => Math.abs(now - a.madeAt) - Math.abs(now - b.madeAt),
  )
  for (const { file, madeAt } of older) if (Math.abs(now - madeAt) > keepMs) await rm(file, { force: true })
}
