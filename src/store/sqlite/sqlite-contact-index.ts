import type { DatabaseSync } from 'node:sqlite'
import type { ContactIndex, IncomingNumber, IndexedClient } from '../ports.ts'
import { kindName } from './client-kind.ts'
import { reading } from './reading.ts'
import { maybeNumber, numberOf, type Row, textOf } from './row.ts'
import type { Writer } from './writer.ts'

/** Look-ups stand on the way of a ringing call: one prepared statement over two primary keys, on the thread that asks. */
export function sqliteContactIndex(db: DatabaseSync, writer: Writer): ContactIndex {
  // The CRM numbers its clients as they are made: the lowest id is the oldest.
  const find = db.prepare(
    `SELECT clients.* FROM client_keys JOIN clients ON clients.kind = client_keys.kind AND clients.id = client_keys.id
     WHERE client_keys.key = ? ORDER BY client_keys.id, client_keys.kind`,
  )
  const unseen = db.prepare('SELECT * FROM clients WHERE pass < (SELECT pass FROM index_progress) LIMIT ?')
  const incoming = db.prepare('SELECT * FROM incoming_numbers WHERE key = ?')
  const allIncoming = db.prepare('SELECT * FROM incoming_numbers')
  const progress = db.prepare('SELECT complete, cursor, clients FROM index_progress')
  return {
    lookup: (phoneKey) => reading(() => find.all(phoneKey).map(asClient)),
    async upsert(clients) {
      await writer.write({ kind: 'upsert-clients', clients })
    },
    async remove(clientKind, id) {
      await writer.write({ kind: 'remove-client', clientKind, id })
    },
    progress: () =>
      reading(() => {
        const row = progress.get() ?? {}
        return {
          complete: numberOf(row, 'complete') === 1,
          cursor: maybeNumber(row, 'cursor'),
          clients: numberOf(row, 'clients'),
        }
      }),
    async saveProgress({ complete, cursor }) {
      await writer.write({ kind: 'save-progress', complete, cursor })
    },
    async beginPass() {
      await writer.write({ kind: 'begin-pass' })
    },
    unseen: (limit) => reading(() => unseen.all(limit).map(asClient)),
    incoming: (phoneKey) =>
      reading(() => {
        const row = incoming.get(phoneKey)
        return row && asIncoming(row)
      }),
    incomingNumbers: () => reading(() => allIncoming.all().map(asIncoming)),
    async rememberIncoming(numbers) {
      await writer.write({ kind: 'remember-incoming', numbers })
    },
    async forgetIncoming(uid) {
      await writer.write({ kind: 'forget-incoming', uid })
    },
  }
}

function asClient(row: Row): IndexedClient {
  return {
    kind: kindName(numberOf(row, 'kind')),
    id: numberOf(row, 'id'),
    name: textOf(row, 'name'),
    owner: numberOf(row, 'owner'),
    keys: JSON.parse(textOf(row, 'keys')),
    updatedAt: numberOf(row, 'updated_at'),
  }
}

function asIncoming(row: Row): IncomingNumber {
  return {
    key: textOf(row, 'key'),
    uid: textOf(row, 'uid'),
    lead: numberOf(row, 'lead'),
    contact: numberOf(row, 'contact'),
  }
}
