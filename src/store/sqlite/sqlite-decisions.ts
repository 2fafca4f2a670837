import type { DatabaseSync } from 'node:sqlite'
import type { Decisions } from '../crm-state-ports.ts'
import { reading } from './reading.ts'
import { numberOf, textOf } from './row.ts'
import type { Writer } from './writer.ts'

export function sqliteDecisions(db: DatabaseSync, writer: Writer): Decisions {
  const ofCall = db.prepare('SELECT * FROM decisions WHERE pbx = ? AND call_id = ? ORDER BY seq')
  return {
    async add(pbx, callId, decisions) {
      if (decisions.length === 0) return
      const rows = decisions.map((decision) => ({ ...decision, facts: JSON.stringify(decision.facts) }))
      await writer.write({ kind: 'add-decisions', pbx, callId, decisions: rows })
    },
    of: (pbx, callId) =>
      reading(() =>
        ofCall.all(pbx, callId).map((row) => ({
          at: numberOf(row, 'at'),
          about: textOf(row, 'about'),
          code: textOf(row, 'code'),
          facts: JSON.parse(textOf(row, 'facts')),
        })),
      ),
  }
}
