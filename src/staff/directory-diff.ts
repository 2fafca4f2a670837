import type { Listed } from './merge-table.ts'

export interface DirectoryDiff {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  /** `101: user 7000001 → 7000002`. */
  readonly changed: readonly string[]
}

/** What is different, for the log; undefined when nothing is. Pure. */
export function directoryDiff(before: readonly Listed[], after: readonly Listed[]): DirectoryDiff | undefined {
  const [old, next] = [byExtension(before), byExtension(after)]
  const added = [...next.keys()].filter((extension) => !old.has(extension))
  const removed = [...old.keys()].filter((extension) => !next.has(extension))
  const changed = [...next.values()].flatMap(({ extension, user }) => {
    const was = old.get(extension)
    return !was || was.user === user ? [] : [`${extension}: user ${was.user ?? 'none'} → ${user ?? 'none'}`]
  })
  return added.length + removed.length + changed.length === 0 ? undefined : { added, removed, changed }
}

function byExtension(people: readonly Listed[]): ReadonlyMap<string, Listed> {
  return new Map(people.map((person) => [person.extension, person]))
}
