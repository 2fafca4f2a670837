import type { Row } from './database.ts'

/** All rows of channels that have to do with each other, in the order they were written. */
export interface CelGroup {
  readonly linkedids: ReadonlySet<string>
  readonly rows: readonly Row[]
  /** Milliseconds east of UTC that held around these rows, for a group whose own ids tell no time. */
  readonly usualOffset: number | undefined
}

/** Puts rows together that share a linkedid or a channel. Rows must be in order; the groups are, by their first row. */
export function celGroups(rows: readonly Row[], usualOffset: number | undefined): readonly CelGroup[] {
  const parents = new Map<string, string>()
  const rootOf = (key: string): string => {
    let root = key
    for (let above = parents.get(root); above !== undefined && above !== root; above = parents.get(root)) root = above
    parents.set(key, root)
    return root
  }
  for (const row of rows) parents.set(rootOf(linkedidKey(row)), rootOf(`c${row['uniqueid']}`))
  const groups = new Map<string, { linkedids: Set<string>; rows: Row[] }>()
  for (const row of rows) {
    const root = rootOf(linkedidKey(row))
    const group = groups.get(root) ?? { linkedids: new Set(), rows: [] }
    groups.set(root, group)
    group.linkedids.add(String(row['linkedid']))
    group.rows.push(row)
  }
  return [...groups.values()].map((group) => ({ ...group, usualOffset }))
}

/** A channel's uniqueid and its linkedid are often the same text. */
function linkedidKey(row: Row): string {
  return `l${row['linkedid']}`
}
