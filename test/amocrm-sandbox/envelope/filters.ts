import { badRequest } from '../transport/answer.ts'
import { type PhpArray, type PhpValue, textAt, valueAt } from '../transport/bracket-query.ts'

export type Test<Row> = (row: Row) => boolean

/** `filter[name][]=1&filter[name][]=2` or a scalar. @throws Refused with 400 when a value is no integer */
export function byIds<Row>(query: PhpArray, name: string, read: (row: Row) => number): Test<Row> {
  const texts = textsOf(valueAt(query, 'filter', name))
  if (texts === undefined) return always
  if (texts.some((text) => !/^\d+$/.test(text))) throw badRequest(`Invalid filter ${name}`)
  const wanted = new Set(texts.map(Number))
  return (row) => wanted.has(read(row))
}

export function byTexts<Row>(query: PhpArray, name: string, read: (row: Row) => string): Test<Row> {
  const texts = textsOf(valueAt(query, 'filter', name))
  return texts === undefined ? always : (row) => texts.includes(read(row))
}

/** `filter[name][from]` and `[to]`, unix seconds, both inclusive. @throws Refused with 400 when malformed */
export function byRange<Row>(query: PhpArray, name: string, read: (row: Row) => number | null): Test<Row> {
  const value = valueAt(query, 'filter', name)
  if (value === undefined) return always
  const from = textAt(query, 'filter', name, 'from')
  const to = textAt(query, 'filter', name, 'to')
  const given = [from, to].filter((text) => text !== undefined)
  if (given.length === 0 || given.some((text) => !/^\d+$/.test(text))) throw badRequest(`Invalid filter ${name}`)
  return (row) => {
    const at = read(row)
    return at !== null && at >= Number(from ?? 0) && at <= Number(to ?? Number.MAX_SAFE_INTEGER)
  }
}

/** `order[key]=asc|desc` for the keys known here; ids break ties, unknown keys are ignored as amoCRM does. */
export function inOrder<Row extends { readonly id: number }>(
  query: PhpArray,
  rows: readonly Row[],
  keys: Readonly<Record<string, (row: Row) => number>>,
): Row[] {
  for (const [key, read] of Object.entries(keys)) {
    const way = textAt(query, 'order', key)
    if (way === undefined) continue
    if (way !== 'asc' && way !== 'desc') throw badRequest(`Invalid order ${key}`)
    const sign = way === 'asc' ? 1 : -1
    return rows.toSorted((a, b) => sign * (read(a) - read(b) || a.id - b.id))
  }
  return isRising(rows) ? [...rows] : rows.toSorted((a, b) => a.id - b.id)
}

/** Rows come in the order of their ids; lists of a hundred thousand need no sorting then. */
function isRising(rows: readonly { readonly id: number }[]): boolean {
  return rows.every((row, index) => index === 0 || (rows[index - 1]?.id ?? 0) < row.id)
}

/** `filter[price]` is one number or `[from]` and `[to]`. @throws Refused with 400 when malformed */
export function byNumber<Row>(query: PhpArray, name: string, read: (row: Row) => number): Test<Row> {
  return typeof valueAt(query, 'filter', name) === 'string' ? byIds(query, name, read) : byRange(query, name, read)
}

/** The names in `with=a,b`; unknown ones are ignored by whoever asks. */
export function withs(query: PhpArray): ReadonlySet<string> {
  return new Set((textAt(query, 'with') ?? '').split(',').filter((name) => name !== ''))
}

export function textsOf(value: PhpValue | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return [value]
  return [...value.values()].filter((entry) => typeof entry === 'string')
}

/** What an absent filter is; lists leave it out. */
export function always(): boolean {
  return true
}
