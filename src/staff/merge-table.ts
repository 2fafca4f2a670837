import type { TableRow } from './widget-table.ts'

/** What merging needs of a person. */
export interface Listed {
  readonly extension: string
  readonly user?: number | undefined
}

/** A row of the widget's table that the configuration, or an earlier row, contradicts. What stood there first holds. */
export interface Conflict {
  readonly why: /** The configuration gives this user another extension. */
    | 'user-has-other-extension'
    /** The configuration gives this extension to another user. */
    | 'extension-has-other-user'
    /** Two rows have the same extension. */
    | 'extension-twice'
  readonly row: TableRow
  /** Extension or user that holds instead. */
  readonly holds: TableRow
}

export interface Merged<Person> {
  readonly people: readonly Person[]
  readonly conflicts: readonly Conflict[]
  /** How many people only the widget's table knows. */
  readonly added: number
}

/**
 * The configuration is the master: a row fills in what it leaves open (a user for its extension, a person it does not list) and changes nothing. Pure.
 * @param employ makes a person of a row
 */
export function mergeTable<Person extends Listed>(
  configured: readonly Person[],
  table: readonly TableRow[],
  employ: (row: TableRow) => Person,
): Merged<Person> {
  const people = new Map(configured.map((person) => [person.extension, person]))
  const extensions = new Map<number, string>()
  for (const { extension, user } of configured) if (user !== undefined) extensions.set(user, extension)
  const configuredExtensions = new Set(people.keys())
  const conflicts: Conflict[] = []
  for (const row of table) {
    const { user, extension } = row
    const own = extensions.get(user)
    const there = people.get(extension)
    if (own === extension) continue
    if (own !== undefined) {
      conflicts.push({ why: 'user-has-other-extension', row, holds: { user, extension: own } })
    } else if (there?.user !== undefined) {
      const why = configuredExtensions.has(extension) ? 'extension-has-other-user' : 'extension-twice'
      conflicts.push({ why, row, holds: { user: there.user, extension } })
    } else {
      people.set(extension, there ? { ...there, user } : employ(row))
      extensions.set(user, extension)
    }
  }
  return { people: [...people.values()], conflicts, added: people.size - configured.length }
}
