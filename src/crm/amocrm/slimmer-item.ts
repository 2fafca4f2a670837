import type { ItemError } from '../errors.ts'

/** One item of a write, as it goes into the array. */
export type Item = Readonly<Record<string, unknown>>

export interface Slimmer {
  readonly item: Item
  /** What was left out; a user weighs more than a decoration. */
  readonly without: 'user' | 'decoration'
}

/** Users a write names; a dismissed one is `NotSupportedChoice` (reference amocrm.md 9). Whoever took part stands one level down. */
const USER =
  /^(?:_embedded\.(?:leads|contacts)\.0\.)?(?:created_by|updated_by|responsible_user_id)$|^(?:params|metadata)\.call_responsible$/
/** What is worth less than the call: custom fields (a deleted one is refused for ever), tags, the source. */
const DECORATION =
  /^((?:_embedded\.(?:leads|contacts)\.0\.)?(?:custom_fields_values\.\d+|tags_to_add)|_embedded\.source)(?:\.|$)/

/**
 * The item without what the CRM will not take of it, so that neither a dismissed manager nor a deleted field costs the client's call.
 * `undefined` when the errors are about something else as well, or nothing would be left to write.
 */
export function slimmerItem(item: Item, errors: readonly ItemError[]): Slimmer | undefined {
  const unwanted = errors.map(({ path }) => (USER.test(path) ? path : DECORATION.exec(path)?.[1]))
  const paths = unwanted.flatMap((path) => path ?? [])
  if (errors.length === 0 || paths.length < errors.length) return undefined
  if (paths.some((path) => isPhone(at(item, path.split('.'))))) return undefined
  const slimmer = without(item, new Set(paths), '')
  if (!isItem(slimmer) || JSON.stringify(slimmer) === JSON.stringify(item)) return undefined
  // A change of which only the id is left changes nothing.
  if (Object.keys(slimmer).every((name) => name === 'id')) return undefined
  return { item: slimmer, without: paths.some((path) => USER.test(path)) ? 'user' : 'decoration' }
}

/** A copy without these dotted paths; lists and objects that lose their last member that way go too. */
function without(value: unknown, paths: ReadonlySet<string>, path: string): unknown {
  const inner = (name: string | number) => (path === '' ? String(name) : `${path}.${name}`)
  if (Array.isArray(value)) {
    const left = value.flatMap((each, index) => (paths.has(inner(index)) ? [] : [without(each, paths, inner(index))]))
    return left.length === 0 && value.length > 0 ? undefined : left
  }
  if (!isItem(value)) return value
  const entries = Object.entries(value)
    .filter(([name]) => !paths.has(inner(name)))
    .map(([name, each]) => [name, without(each, paths, inner(name))] as const)
    .filter(([, each]) => each !== undefined)
  return entries.length === 0 && Object.keys(value).length > 0 ? undefined : Object.fromEntries(entries)
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inside, name) => (typeof inside === 'object' && inside !== null ? Reflect.get(inside, name) : undefined),
    value,
  )
}

/** Without its number a contact is nobody. */
function isPhone(field: unknown): boolean {
  return isItem(field) && field['field_code'] === 'PHONE'
}

function isItem(value: unknown): value is Item {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
