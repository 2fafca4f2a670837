import type { DatabaseSync } from 'node:sqlite'
import { inflateRawSync } from 'node:zlib'
import type { PersonsTraces } from '../upkeep-ports.ts'
import { bytesOf, maybeText, numberOf, type Row, textOf } from './row.ts'

/** Everything the state knows of a person. */
export interface PersonFound extends PersonsTraces {
  /** Still to be sent to the CRM: they stay. */
  readonly openJobs: readonly string[]
  /** Calls that wait to be told by CEL: they stay. */
  readonly pendingCalls: readonly string[]
  readonly callbackTasks: number
  readonly incomingNumbers: number
  /** As Asterisk named them. */
  readonly recordings: readonly string[]
}

/**
 * Looks for a person in every table, events of calls included: all of them are read, so this is for a command in a process of its own,
 * which may stand beside the running service.
 * @param keys phone keys
 * @param mentions whether a piece of JSON names one of them
 */
export function findPerson(
  db: DatabaseSync,
  keys: readonly string[],
  mentions: (json: string) => boolean,
): PersonFound {
  const known = new Set(keys)
  const list = JSON.stringify(keys)
  const where = (sql: string) => db.prepare(sql).all(list)
  const search = (sql: string, fits: (row: Row) => boolean): readonly Row[] =>
    [...db.prepare(sql).iterate()].filter(fits)
  const named = (row: Row, ...columns: readonly string[]) =>
    columns.some((column) => {
      const text = maybeText(row, column)
      return text !== undefined && mentions(text)
    })

  const calls = [...callsWith(db, (row) => known.has(textOf(row, 'client_key')) || named(row, 'call') || inEvents(row))]
  const jobs = search(
    'SELECT key, lane, state, payload, result, json_quote(reason) AS reason FROM jobs',
    (row) => known.has(textOf(row, 'lane')) || named(row, 'payload', 'result', 'reason'),
  )
  const isOpen = (row: Row) => !['done', 'dead'].includes(textOf(row, 'state'))
  const byKey = where('SELECT DISTINCT kind, id FROM client_keys WHERE key IN (SELECT value FROM json_each(?))')
  const byName = search('SELECT kind, id, json_quote(name) AS name FROM clients', (row) => named(row, 'name'))
  const clients = new Map([...byKey, ...byName].map((row) => [`${row['kind']}/${row['id']}`, row]))

  function inEvents(row: Row): boolean {
    return mentions(inflateRawSync(bytesOf(row, 'events')).toString())
  }

  return {
    keys,
    calls: calls.map((row) => ({ pbx: textOf(row, 'pbx'), id: textOf(row, 'id') })),
    recordings: [...new Set(calls.flatMap((row) => recordingsOf(textOf(row, 'call'))))],
    jobKeys: jobs.filter((row) => !isOpen(row)).map((row) => textOf(row, 'key')),
    openJobs: jobs.filter(isOpen).map((row) => textOf(row, 'key')),
    pendingCalls: search('SELECT id, call FROM pending_calls', (row) => named(row, 'call')).map((row) =>
      textOf(row, 'id'),
    ),
    decisions: search('SELECT seq, facts FROM decisions', (row) => named(row, 'facts')).map((row) =>
      numberOf(row, 'seq'),
    ),
    clients: [...clients.values()].map((row) => ({
      kind: numberOf(row, 'kind') === 0 ? 'contact' : 'company',
      id: numberOf(row, 'id'),
    })),
    leads: search('SELECT id, json_quote(name) AS name FROM leads', (row) => named(row, 'name')).map((row) =>
      numberOf(row, 'id'),
    ),
    callbackTasks: where('SELECT key FROM callback_tasks WHERE key IN (SELECT value FROM json_each(?))').length,
    incomingNumbers: where('SELECT key FROM incoming_numbers WHERE key IN (SELECT value FROM json_each(?))').length,
  }
}

/** Row by row: a journal of years does not fit into memory. */
function* callsWith(db: DatabaseSync, fits: (row: Row) => boolean): Generator<Row> {
  for (const row of db.prepare('SELECT pbx, id, client_key, call, events FROM calls WHERE faded < 2').iterate()) {
    if (fits(row)) yield { pbx: row['pbx'] ?? '', id: row['id'] ?? '', call: row['call'] ?? '' }
  }
}

/** The journal keeps the Call of this or an earlier version. */
function recordingsOf(json: string): readonly string[] {
  const call: unknown = JSON.parse(json)
  if (typeof call !== 'object' || call === null || !('recordings' in call) || !Array.isArray(call.recordings)) return []
  return call.recordings.map(String)
}
