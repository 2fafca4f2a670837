import { z } from 'zod'

/** Somebody nobody has listed, who talked with clients. */
export interface UnlistedExtension {
  readonly extension: string
  readonly calls: number
  /** Epoch milliseconds. */
  readonly firstAt: number
  readonly lastAt: number
}

const Stored = z.array(z.object({ extension: z.string(), calls: z.number(), firstAt: z.number(), lastAt: z.number() }))
/** A misread number may come as an "extension"; a list nobody can read helps nobody. */
const MOST_LISTED = 200

/** Who talked in one more call. The list is full at some point; then those who are on it are counted on. Pure. */
export function countUnlisted(
  known: readonly UnlistedExtension[],
  extensions: readonly string[],
  at: number,
): readonly UnlistedExtension[] {
  const counted = new Map(known.map((one) => [one.extension, one]))
  for (const extension of new Set(extensions)) {
    const before = counted.get(extension)
    if (before) counted.set(extension, { ...before, calls: before.calls + 1, lastAt: at })
    else if (counted.size < MOST_LISTED) counted.set(extension, { extension, calls: 1, firstAt: at, lastAt: at })
  }
  return [...counted.values()]
}

export function readStoredUnlisted(text: string | undefined): readonly UnlistedExtension[] {
  if (text === undefined) return []
  try {
    return Stored.safeParse(JSON.parse(text)).data ?? []
  } catch {
    return []
  }
}
