import type { DatabaseSync } from 'node:sqlite'
import { deflateRawSync } from 'node:zlib'
import type { Forgotten, PersonsTraces } from '../upkeep-ports.ts'
import type { jobWrites } from './job-writes.ts'
import { textOf } from './row.ts'

/**
 * What stays of a call nobody is to recognise: when it was, on which line, how it ended, who of the staff was responsible. Numbers go, and
 * whatever may hold one: dialled digits, targets of transfers, names of recordings, the staff's outside numbers.
 */
const FADED_CALL = `json_set(call, '$.client', '', '$.people', json('[]'), '$.transfers', json('[]'), '$.ivr', '',
  '$.recordings', json('[]'), '$.forgotten', json('true'))`

/** Writes that take things out of the journal: by age, or because a person asks. */
export function fadingWrites(db: DatabaseSync, jobs: ReturnType<typeof jobWrites>, removeClient: RemoveClient) {
  // `faded < 2` reads like the partial index, or SQLite does not use it.
  const noEvents = deflateRawSync('[]')
  const oldCalls = db.prepare(
    `SELECT pbx, id FROM calls INDEXED BY calls_by_age WHERE faded = ? AND faded < 2 AND ended_at < ? ORDER BY ended_at LIMIT ?`,
  )
  // Written anew at the table's end: what is made smaller in its place leaves pages half empty for ever, and the file would grow.
  const renew = (call: string, key: string, faded: number) =>
    db.prepare(
      `INSERT OR REPLACE INTO calls (pbx, id, started_at, ended_at, direction, client_key, linkedids, call, events, faded)
       SELECT pbx, id, started_at, ended_at, direction, ${key}, linkedids, ${call}, ?1, ${faded}
       FROM calls WHERE pbx = ?2 AND id = ?3 AND faded < ${faded}`,
    )
  const withoutEvents = renew('call', 'client_key', 1)
  const withoutPerson = renew(FADED_CALL, "''", 2)
  // Replacing a row took them along.
  const relink = db.prepare(
    `INSERT OR IGNORE INTO call_linkedids (pbx, linkedid, id)
     SELECT calls.pbx, json_each.value, calls.id FROM calls, json_each(calls.linkedids) WHERE calls.pbx = ? AND calls.id = ?`,
  )
  const dropDecisions = db.prepare('DELETE FROM decisions WHERE pbx = ? AND call_id = ?')
  const dropFormer = db.prepare('DELETE FROM retold_calls WHERE pbx = ? AND id = ?')
  const dropDecision = db.prepare('DELETE FROM decisions WHERE seq = ?')
  const dropTask = db.prepare('DELETE FROM callback_tasks WHERE key = ?')
  const dropIncoming = db.prepare('DELETE FROM incoming_numbers WHERE key = ?')
  const dropLead = db.prepare('DELETE FROM leads WHERE id = ?')

  const rewrite = (statement: typeof withoutEvents, pbx: string, id: string): boolean => {
    if (statement.run(noEvents, pbx, id).changes === 0) return false
    relink.run(pbx, id)
    return true
  }
  const fade = (pbx: string, id: string): boolean => {
    dropDecisions.run(pbx, id)
    dropFormer.run(pbx, id)
    return rewrite(withoutPerson, pbx, id)
  }
  const old = (faded: 0 | 1, before: number, limit: number) =>
    oldCalls.all(faded, before, limit).map((row) => [textOf(row, 'pbx'), textOf(row, 'id')] as const)

  return {
    /** False when there was none. */
    dropEvents(before: number, limit: number): boolean {
      const rows = old(0, before, limit)
      for (const [pbx, id] of rows) rewrite(withoutEvents, pbx, id)
      return rows.length > 0
    },
    /** False when there was none. */
    fadeCalls(before: number, limit: number): boolean {
      const rows = [...old(0, before, limit), ...old(1, before, limit)]
      for (const [pbx, id] of rows) fade(pbx, id)
      return rows.length > 0
    },
    forgetPerson({ keys, calls, jobKeys, decisions, clients, leads }: PersonsTraces): Forgotten {
      const count = <T>(items: readonly T[], drop: (item: T) => number | bigint) =>
        items.reduce((sum, item) => sum + Number(drop(item)), 0)
      const finished = jobs.forgetFinished(jobKeys)
      for (const { kind, id } of clients) removeClient(kind, id)
      return {
        calls: calls.filter(({ pbx, id }) => fade(pbx, id)).length,
        jobs: finished.length,
        decisions: count(decisions, (seq) => dropDecision.run(seq).changes),
        callbackTasks: count(keys, (key) => dropTask.run(key).changes),
        incomingNumbers: count(keys, (key) => dropIncoming.run(key).changes),
        clients: clients.length,
        leads: count(leads, (id) => dropLead.run(id).changes),
      }
    },
  }
}

type RemoveClient = (kind: 'contact' | 'company', id: number) => void
