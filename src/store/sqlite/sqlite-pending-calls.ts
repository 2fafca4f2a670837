import type { DatabaseSync } from 'node:sqlite'
import { inflateRawSync } from 'node:zlib'
import type { PendingCalls } from '../ports.ts'
import { reading } from './reading.ts'
import { bytesOf, numberOf, textOf } from './row.ts'
import type { Writer } from './writer.ts'

export function sqlitePendingCalls(db: DatabaseSync, writer: Writer): PendingCalls {
  const all = db.prepare('SELECT * FROM pending_calls WHERE pbx = ? ORDER BY ended_at, id')
  return {
    async add({ pbx, id, endedAt, call, events }) {
      const row = { pbx, id, endedAt, call: JSON.stringify(call), events: JSON.stringify(events) }
      await writer.write({ kind: 'add-pending', row })
    },
    async remove({ pbx, id, endedAt }) {
      await writer.write({ kind: 'remove-pending', pbx, id, endedAt })
    },
    all: (pbx) =>
      reading(() =>
        all.all(pbx).map((row) => ({
          pbx: textOf(row, 'pbx'),
          id: textOf(row, 'id'),
          endedAt: numberOf(row, 'ended_at'),
          call: JSON.parse(textOf(row, 'call')),
          events: JSON.parse(inflateRawSync(bytesOf(row, 'events')).toString()),
        })),
      ),
  }
}
