import type { DatabaseSync } from 'node:sqlite'
import type { IndexedLead } from '../crm-state-ports.ts'
import { kindNumber } from './client-kind.ts'

/** Writes of the lead index. */
export function leadWrites(db: DatabaseSync) {
  const upsertLead = db.prepare(
    `INSERT INTO leads (id, name, owner, pipeline, status, clients, updated_at, pass)
     VALUES (?, ?, ?, ?, ?, ?, ?, (SELECT pass FROM lead_progress))
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, owner = excluded.owner, pipeline = excluded.pipeline,
       status = excluded.status, clients = excluded.clients, updated_at = excluded.updated_at, pass = excluded.pass`,
  )
  const removeLead = db.prepare('DELETE FROM leads WHERE id = ?')
  const unlink = db.prepare('DELETE FROM lead_clients WHERE lead = ?')
  const link = db.prepare('INSERT OR IGNORE INTO lead_clients (id, kind, lead) VALUES (?, ?, ?)')
  const saveProgress = db.prepare('UPDATE lead_progress SET complete = ?, cursor = ?')
  const beginPass = db.prepare('UPDATE lead_progress SET pass = pass + 1')

  const upsertOne = ({ id, name, owner, pipeline, status, clients, updatedAt }: IndexedLead) => {
    upsertLead.run(id, name, owner, pipeline, status, JSON.stringify(clients), updatedAt)
    unlink.run(id)
    for (const client of clients) link.run(client.id, kindNumber(client.kind), id)
  }
  return {
    upsert(leads: readonly IndexedLead[]): void {
      for (const lead of leads) {
        if (lead.open) upsertOne(lead)
        else removeLead.run(lead.id)
      }
    },
    remove(id: number): void {
      removeLead.run(id)
    },
    saveProgress(complete: boolean, cursor: number | undefined): void {
      saveProgress.run(complete ? 1 : 0, cursor ?? null)
    },
    beginPass(): void {
      beginPass.run()
    },
  }
}
