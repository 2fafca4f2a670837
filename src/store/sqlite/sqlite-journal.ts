import type { DatabaseSync } from 'node:sqlite'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { inflateRawSync } from 'node:zlib'
import type { CallJournal, JournalEntry } from '../ports.ts'
import { jobRow } from './job-row.ts'
import { reading } from './reading.ts'
import { bytesOf, maybeText, numberOf, type Row, textOf } from './row.ts'
import type { Writer } from './writer.ts'

/** Calls read at a time: a long period must not hold up the calls of the moment. */
const PAGE = 100

const ENTRY = 'calls.*, (SELECT why FROM calls_left_out AS l WHERE l.pbx = calls.pbx AND l.id = calls.id) AS left_out'

export function sqliteJournal(db: DatabaseSync, writer: Writer, now: () => number): CallJournal {
  const byId = db.prepare(`SELECT ${ENTRY} FROM calls WHERE pbx = ? AND id = ?`)
  // CROSS JOIN: the few calls of a linkedid are sorted; left to itself SQLite walks all calls in order to spare the sorting.
  const byLinkedid = db.prepare(
    `SELECT ${ENTRY} FROM call_linkedids CROSS JOIN calls ON calls.pbx = call_linkedids.pbx AND calls.id = call_linkedids.id
     WHERE call_linkedids.pbx = ? AND linkedid = ? ORDER BY started_at, calls.id LIMIT 1`,
  )
  const sharing = db.prepare(
    `SELECT ${ENTRY} FROM call_linkedids CROSS JOIN calls ON calls.pbx = call_linkedids.pbx AND calls.id = call_linkedids.id
     WHERE call_linkedids.pbx = ? AND linkedid = ?`,
  )
  const former = db.prepare('SELECT call FROM retold_calls WHERE pbx = ? AND id = ? ORDER BY seq')
  const started = db.prepare(
    `SELECT ${ENTRY} FROM calls WHERE pbx = ? AND (started_at, id) > (?, ?) AND started_at <= ?
     ORDER BY started_at, id LIMIT ${PAGE}`,
  )
  const startedPages = async <T extends Pick<JournalEntry, 'startedAt' | 'id'>>(
    pbx: string,
    from: number,
    to: number,
    read: (row: Row) => T,
  ): Promise<readonly T[]> => {
    const found: T[] = []
    // Every id sorts after the empty one, so the first page begins with `from` itself.
    let after: Pick<JournalEntry, 'startedAt' | 'id'> = { startedAt: from, id: '' }
    for (;;) {
      const page = await reading(() => started.all(pbx, after.startedAt, after.id, to).map(read))
      for (const entry of page) found.push(entry)
      const last = page.at(-1)
      if (last === undefined || page.length < PAGE) return found
      after = last
      await nextTurn()
    }
  }

  const rowsSharing = (pbx: string, linkedids: readonly string[]): readonly Row[] => {
    const rows = new Set(linkedids).values().flatMap((linkedid) => sharing.all(pbx, linkedid))
    const entries = new Map(rows.map((row) => [textOf(row, 'id'), row]))
    return [...entries.values()].toSorted((a, b) => numberOf(a, 'started_at') - numberOf(b, 'started_at'))
  }

  return {
    async recordEnded(entry, jobs) {
      const row = {
        ...entry,
        call: JSON.stringify(entry.call ?? null),
        events: JSON.stringify(entry.events),
        leftOut: entry.leftOut ?? null,
      }
      const at = now()
      const written = await writer.write({ kind: 'record-ended', entry: row, jobs: jobs.map((job) => jobRow(job, at)) })
      return written.changed
    },
    async sayLate(pbx, id, jobs) {
      const at = now()
      await writer.write({ kind: 'say-late', pbx, id, jobs: jobs.map((job) => jobRow(job, at)) })
    },
    async retell({ pbx, id, endedAt, call, events }) {
      const row = { pbx, id, endedAt, call: JSON.stringify(call), events: JSON.stringify(events) }
      const written = await writer.write({ kind: 'retell-call', entry: row, at: now() })
      return written.changed
    },
    former: (pbx, id) => reading(() => former.all(pbx, id).map((row) => JSON.parse(textOf(row, 'call')))),
    find: (pbx, idOrLinkedid) =>
      reading(() => {
        const row = byId.get(pbx, idOrLinkedid) ?? byLinkedid.get(pbx, idOrLinkedid)
        return row && asEntry(row)
      }),
    sharing: (pbx, linkedids) => reading(() => rowsSharing(pbx, linkedids).map(asEntry)),
    toldAs: (pbx, linkedids) => reading(() => rowsSharing(pbx, linkedids).map(asTelling)),
    startedBetween: (pbx, from, to) => startedPages(pbx, from, to, asEntry),
    toldBetween: (pbx, from, to) => startedPages(pbx, from, to, asTelling),
  }
}

function asEntry(row: Row): JournalEntry {
  return { ...asTelling(row), events: JSON.parse(inflateRawSync(bytesOf(row, 'events')).toString()) }
}

function asTelling(row: Row): Omit<JournalEntry, 'events'> {
  const leftOut = maybeText(row, 'left_out')
  return {
    ...(leftOut !== undefined && { leftOut }),
    pbx: textOf(row, 'pbx'),
    id: textOf(row, 'id'),
    linkedids: JSON.parse(textOf(row, 'linkedids')),
    startedAt: numberOf(row, 'started_at'),
    endedAt: numberOf(row, 'ended_at'),
    direction: textOf(row, 'direction'),
    clientKey: textOf(row, 'client_key'),
    call: JSON.parse(textOf(row, 'call')),
  }
}
