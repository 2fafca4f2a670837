import { statfs } from 'node:fs/promises'
import type { RegisteredCalls } from '../store/registered-port.ts'
import type { Disk, Findings, TestCallResult } from './parts.ts'

export interface FindingsDeps {
  readonly registered: RegisteredCalls
  readonly pbx: string
  readonly directories: readonly Pick<Disk, 'holds' | 'directory'>[]
  /** When the certificate ends, epoch milliseconds; it may throw. */
  readonly certificateEndsAt: () => number | undefined
  /** Why the database of CDR and CEL does not answer; undefined: it does, or there is none. */
  readonly probeDatabase: () => Promise<string | undefined>
  readonly testCall: () => TestCallResult | undefined
  readonly now: () => number
}

/** Looks where no part of the house looks by itself. */
export interface FindingsKeeper {
  /** What is known; what takes a moment is a minute old at most. */
  current(): Findings
  /** Looks again when it is time. Never rejects: what cannot be found out stays as it was. */
  look(): Promise<void>
}

const HOUR_MS = 3_600_000
/** A call that ended so long ago should be in the CRM. */
const DUE_AFTER_MS = 300_000
const EVERY_MS = 60_000

export function createFindings(deps: FindingsDeps): FindingsKeeper {
  const { registered, pbx, directories, certificateEndsAt, probeDatabase, testCall, now } = deps
  let found: Omit<Findings, 'testCall'> = {
    registered: { calls: 0, done: 0 },
    disks: [],
    certificateEndsAt: undefined,
    databaseDownSince: undefined,
  }
  let lookedAt = Number.NEGATIVE_INFINITY

  const databaseDownSince = async (): Promise<number | undefined> => {
    const why = await probeDatabase()
    return why === undefined ? undefined : (found.databaseDownSince ?? now())
  }

  return {
    current: () => ({ ...found, testCall: testCall() }),
    look: async () => {
      const at = now()
      if (Math.abs(at - lookedAt) < EVERY_MS) return
      lookedAt = at
      const due = at - DUE_AFTER_MS
      const [share, disks, downSince] = await Promise.all([
        registered.share(pbx, due - HOUR_MS, due).catch(() => found.registered),
        freeSpace(directories),
        databaseDownSince().catch(() => found.databaseDownSince),
      ])
      found = {
        registered: share,
        disks,
        certificateEndsAt: forgiving(certificateEndsAt),
        databaseDownSince: downSince,
      }
    },
  }
}

/** A directory that is not there yet lies on nobody's disk. */
async function freeSpace(directories: FindingsDeps['directories']): Promise<readonly Disk[]> {
  const looks = directories.map(async ({ holds, directory }) => {
    const { bsize, bavail, blocks } = await statfs(directory)
    return { holds, directory, freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  })
  const ends = await Promise.allSettled(looks)
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []))
}

function forgiving(read: () => number | undefined): number | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
