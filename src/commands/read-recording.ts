/** The input cannot be used; the message says what to do. */
export class InputError extends Error {
  override name = 'InputError'
}

export type RecordingSource = 'ari' | 'cel'

export interface Recording {
  readonly source: RecordingSource
  /** ARI messages or CEL rows, as parsed. */
  readonly values: readonly unknown[]
}

/**
 * Reads a recording: a JSON array, or one JSON value a line. A line that is no JSON is told to `warn` with its number and left out.
 * @throws InputError when an array is broken or the source cannot be guessed
 */
export function readRecording(
  text: string,
  source: RecordingSource | undefined,
  warn: (line: string) => void,
): Recording {
  const content = text.replace(/^\uFEFF/, '')
  const values = /^\s*\[/.test(content) ? readArray(content) : readLines(content, warn)
  return { source: source ?? guessSource(values), values }
}

function readArray(content: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(content)
    return Array.isArray(parsed) ? parsed : []
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(`the JSON array is broken (${reason}); export the rows again, the end may be missing`)
  }
}

function readLines(content: string, warn: (line: string) => void): readonly unknown[] {
  return content.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return []
    try {
      return [JSON.parse(line) as unknown]
    } catch {
      warn(`line ${index + 1}: not JSON, left out`)
      return []
    }
  })
}

/** CEL rows have an `eventtype`, ARI messages a `type`. An empty recording has no calls, whatever it is. */
function guessSource(values: readonly unknown[]): RecordingSource {
  for (const value of values) {
    if (typeof value !== 'object' || value === null) continue
    if ('eventtype' in value) return 'cel'
    if ('type' in value) return 'ari'
  }
  if (values.length === 0) return 'ari'
  throw new InputError(
    'neither ARI messages (they have "type") nor CEL rows (they have "eventtype"); say which with --source ari or --source cel',
  )
}
