import type { ItemError } from '../errors.ts'

/** One item of a write, as it goes into the array. */
export type Item = Readonly<Record<string, unknown>>

/** Fields that name users; a dismissed one is `NotSupportedChoice` (reference amocrm.md 9). */
const USER_FIELDS: readonly string[] = ['created_by', 'updated_by', 'responsible_user_id']
/** Whoever took part stands one level down: in a note's params, in an incoming lead's metadata. */
const USER_PARAMS: readonly string[] = ['params.call_responsible', 'metadata.call_responsible']

/**
 * The item without the users the CRM does not know, so that a dismissed manager does not cost the client's call.
 * `undefined` when the errors are about something else as well, or about nothing that could be left out.
 */
export function withoutUser(item: Item, errors: readonly ItemError[]): Item | undefined {
  const paths = errors.map((error) => error.path)
  if (!paths.every((path) => USER_PARAMS.includes(path) || USER_FIELDS.includes(path))) return undefined
  const entries = Object.entries(item).filter(([name]) => !paths.includes(name))
  const slimmer = Object.fromEntries(
    entries.map(([name, value]) => [name, paths.includes(`${name}.call_responsible`) ? dropPerson(value) : value]),
  )
  return JSON.stringify(slimmer) === JSON.stringify(item) ? undefined : slimmer
}

function dropPerson(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params
  return Object.fromEntries(Object.entries(params).filter(([name]) => name !== 'call_responsible'))
}
