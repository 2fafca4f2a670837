import type { DatabaseSync } from 'node:sqlite'
import type { IndexedLead, LeadIndex } from '../crm-state-ports.ts'
import { kindNumber } from './client-kind.ts'
import { reading } from './reading.ts'
import { maybeNumber, numberOf, type Row, textOf } from './row.ts'
import type { Writer } from './writer.ts'

/** Only open leads are kept. A client's are one range of a primary key, read on the thread that asks: routing stands behind it. */
export function sqliteLeadIndex(db: DatabaseSync, writer: Writer): LeadIndex {
  const ofClient = db.prepare(
    `SELECT leads.* FROM lead_clients CROSS JOIN leads ON leads.id = lead_clients.lead
     WHERE lead_clients.id = ? AND lead_clients.kind = ?`,
  )
  const unseen = db.prepare('SELECT * FROM leads WHERE pass < (SELECT pass FROM lead_progress) LIMIT ?')
  const progress = db.prepare('SELECT complete, cursor, leads FROM lead_progress')
  return {
    openLeadsOf: (clients) =>
      reading(() => {
        const rows = clients.flatMap(({ kind, id }) => ofClient.all(id, kindNumber(kind)))
        const leads = new Map(rows.map((row) => [numberOf(row, 'id'), asLead(row)]))
        return [...leads.values()].sort((a, b) => b.updatedAt - a.updatedAt || b.id - a.id)
      }),
    async upsertLeads(leads) {
      await writer.write({ kind: 'upsert-leads', leads })
    },
    async removeLead(id) {
      await writer.write({ kind: 'remove-lead', id })
    },
    leadProgress: () =>
      reading(() => {
        const row = progress.get() ?? {}
        return {
          complete: numberOf(row, 'complete') === 1,
          cursor: maybeNumber(row, 'cursor'),
          leads: numberOf(row, 'leads'),
        }
      }),
    async saveLeadProgress({ complete, cursor }) {
      await writer.write({ kind: 'save-lead-progress', complete, cursor })
    },
    async beginLeadPass() {
      await writer.write({ kind: 'begin-lead-pass' })
    },
    unseenLeads: (limit) => reading(() => unseen.all(limit).map(asLead)),
  }
}

function asLead(row: Row): IndexedLead {
  return {
    id: numberOf(row, 'id'),
    name: textOf(row, 'name'),
    owner: numberOf(row, 'owner'),
    pipeline: numberOf(row, 'pipeline'),
    status: numberOf(row, 'status'),
    open: true,
    clients: JSON.parse(textOf(row, 'clients')),
    updatedAt: numberOf(row, 'updated_at'),
  }
}
