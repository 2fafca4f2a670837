import type { FaultAction } from './faults.ts'

/** One request as it came in and what became of it. */
export interface RecordedRequest {
  readonly number: number
  /** Arrival; epoch milliseconds by the sandbox's clock. */
  readonly at: number
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** Raw, without the question mark. */
  readonly query: string
  /** The token is masked. */
  readonly headers: Readonly<Record<string, string>>
  /** As sent; OAuth secrets are masked. */
  readonly body: string
  /** Parsed body; undefined when there is none or it is not JSON. */
  readonly json: unknown
  /** Status sent; undefined while open, or when the connection was reset or left hanging. */
  readonly status: number | undefined
  readonly fault: FaultAction | undefined
  /** The work was done, whatever was answered; a refused request is not executed. */
  readonly executed: boolean
}

export type OpenRecord = { -readonly [Key in keyof RecordedRequest]: RecordedRequest[Key] }

export interface RequestLog {
  open(request: Omit<RecordedRequest, 'number' | 'status' | 'fault' | 'executed'>): OpenRecord
  all(): readonly RecordedRequest[]
  latest(count: number): readonly RecordedRequest[]
  count(): number
  clear(): void
}

/** A sandbox that runs for days must not eat the machine. */
const keepByDefault = 50_000

/** The latest `keepAtMost` requests, or somewhat fewer. */
export function createRequestLog(keepAtMost = keepByDefault): RequestLog {
  let records: OpenRecord[] = []
  let number = 0

  return {
    open(request) {
      number += 1
      const record: OpenRecord = { ...request, number, status: undefined, fault: undefined, executed: false }
      records.push(record)
      if (records.length > keepAtMost) records = records.slice(-Math.ceil(keepAtMost / 2))
      return record
    },
    all: () => records.map((record) => ({ ...record })),
    latest: (count) => records.slice(-count),
    count: () => records.length,
    clear() {
      records = []
    },
  }
}

const secretHeaders: ReadonlySet<string> = new Set(['authorization', 'x-refresh-token'])

/** Header values as one text each, tokens masked. */
export function maskedHeaders(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const result: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue
    const text = Array.isArray(value) ? value.join(', ') : value
    result[name] = secretHeaders.has(name) ? text.replace(/\S+$/, '***') : text
  }
  return result
}

/** Bodies of the token endpoint carry secrets. */
export function maskedBody(path: string, body: string): string {
  if (!path.startsWith('/oauth2/')) return body
  return body.replace(/("(?:client_secret|refresh_token|code)"\s*:\s*)"[^"]*"/g, '$1"***"')
}
