import type { DatabaseSync } from 'node:sqlite'
import type { CallbackTask } from '../crm-state-ports.ts'
import type { DecisionRow } from './write.ts'

/** Writes of callback tasks and decisions. */
export function knowledgeWrites(db: DatabaseSync) {
  const remember = db.prepare(
    'INSERT OR REPLACE INTO callback_tasks (key, task, entity_kind, entity_id, calls, since) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const forget = db.prepare('DELETE FROM callback_tasks WHERE key = ?')
  const decide = db.prepare('INSERT INTO decisions (pbx, call_id, at, about, code, facts) VALUES (?, ?, ?, ?, ?, ?)')
  return {
    rememberTask({ key, task, entity, calls, since }: CallbackTask): void {
      remember.run(key, task, entity.kind, entity.id, JSON.stringify(calls), since)
    },
    forgetTask(key: string): void {
      forget.run(key)
    },
    addDecisions(pbx: string, callId: string, decisions: readonly DecisionRow[]): void {
      for (const { at, about, code, facts } of decisions) decide.run(pbx, callId, at, about, code, facts)
    },
  }
}
