import { InputError } from './input-error.ts'
import { isTable, readTable } from './read-table.ts'

export type RecordingSource = 'ari' | 'cel'

export interface Recording {
  readonly source: RecordingSource
  /** ARI messages or CEL rows, as parsed. */
  readonly values: readonly unknown[]
  /** Where each value stands, for a person: `line 7`, `row 3`. */
  place(index: number): string
}

/** One value with the number of its line, from one. */
interface Line {
  readonly value: unknown
  readonly line: number
}

/**
 * Reads a recording: one JSON value a line, a JSON array, phpMyAdmin's JSON export, or what `mysql --batch` prints. A line that is no JSON
 * is told to `warn` with its number and left out.
 * @throws InputError when nothing of it can be read or the source cannot be guessed
 */
export function readRecording(
  text: string,
  source: RecordingSource | undefined,
  warn: (line: string) => void,
): Recording {
  const content = withoutComments(text.replace(/^\uFEFF/, ''))
  if (isTable(content)) return { source: source ?? 'cel', values: readTable(content), place: rowAt }
  if (/^\s*\[/.test(content)) {
    const values = readArray(content)
    return { source: source ?? guessSource(values), values, place: rowAt }
  }
  const lines = readLines(content, warn)
  const values = lines.map(({ value }) => value)
  return { source: source ?? guessSource(values), values, place: (index) => `line ${lines[index]?.line ?? index + 1}` }
}

const rowAt = (index: number): string => `row ${index + 1}`

/** phpMyAdmin before 4.8 writes comments above the array. */
function withoutComments(text: string): string {
  return /^\s*\/[/*]/.test(text) ? text.replace(/^(\s*(\/\*.*?\*\/|\/\/[^\n]*))+/s, '') : text
}

function readArray(content: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(content)
    return Array.isArray(parsed) ? parsed.flatMap(rowsOfExport) : []
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(`the JSON array is broken (${reason}); export the rows again, the end may be missing`)
  }
}

/** phpMyAdmin puts the rows into `{"type":"table","data":[…]}`, beside a header and the database's name. */
function rowsOfExport(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null || !('type' in value) || 'timestamp' in value) return [value]
  if (value.type === 'table' && 'data' in value && Array.isArray(value.data)) return value.data
  return (value.type === 'header' && 'comment' in value) || (value.type === 'database' && 'name' in value)
    ? []
    : [value]
}

function readLines(content: string, warn: (line: string) => void): readonly Line[] {
  const whole = readWhole(content)
  if (whole !== undefined) return [{ value: whole, line: 1 }]
  let broken = 0
  const read = content.split('\n').flatMap((text, index): Line[] => {
    // Terminal clients mark what they received.
    const json = text.trim().replace(/^< ?(?=\{)/, '')
    if (json === '') return []
    try {
      return [{ value: JSON.parse(json), line: index + 1 }]
    } catch {
      broken += 1
      warn(`line ${index + 1}: not JSON, left out`)
      return []
    }
  })
  if (read.length === 0 && broken > 0)
    throw new InputError(
      'not one line of it is JSON; give raw ARI messages one a line, or CEL rows as a JSON array or as `mysql --batch` prints them',
    )
  return read
}

/** A single value over several lines. */
function readWhole(content: string): unknown {
  if (!/^\s*\{\s*\n/.test(content)) return undefined
  try {
    return JSON.parse(content)
  } catch {
    return undefined
  }
}

/** CEL rows have an `eventtype`, ARI messages a `type`. An empty recording has no calls, whatever it is. */
function guessSource(values: readonly unknown[]): RecordingSource {
  for (const value of values) {
    if (typeof value !== 'object' || value === null) continue
    const names = Object.keys(value).map((name) => name.toLowerCase())
    if (names.includes('eventtype') || names.includes('eventname')) return 'cel'
    if (names.includes('type')) return 'ari'
  }
  if (values.length === 0) return 'ari'
  throw new InputError(
    'neither ARI messages (they have "type") nor CEL rows (they have "eventtype"); say which with --source ari or --source cel',
  )
}
