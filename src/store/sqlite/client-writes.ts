import type { DatabaseSync } from 'node:sqlite'
import type { IncomingNumber, IndexedClient } from '../ports.ts'
import { kindNumber } from './client-kind.ts'
import { textOf } from './row.ts'

/** Writes of the contact index. */
export function clientWrites(db: DatabaseSync) {
  const keysOf = db.prepare('SELECT keys FROM clients WHERE kind = ? AND id = ?')
  const upsertClient = db.prepare(
    `INSERT INTO clients (kind, id, name, owner, keys, updated_at, pass)
     VALUES (?, ?, ?, ?, ?, ?, (SELECT pass FROM index_progress))
     ON CONFLICT (kind, id) DO UPDATE SET name = excluded.name, owner = excluded.owner, keys = excluded.keys,
       updated_at = excluded.updated_at, pass = excluded.pass`,
  )
  const removeClient = db.prepare('DELETE FROM clients WHERE kind = ? AND id = ?')
  const addKey = db.prepare('INSERT OR IGNORE INTO client_keys (key, id, kind) VALUES (?, ?, ?)')
  const removeKey = db.prepare('DELETE FROM client_keys WHERE key = ? AND id = ? AND kind = ?')
  const saveProgress = db.prepare('UPDATE index_progress SET complete = ?, cursor = ?')
  const beginPass = db.prepare('UPDATE index_progress SET pass = pass + 1')
  const rememberIncoming = db.prepare(
    'INSERT OR REPLACE INTO incoming_numbers (key, uid, lead, contact) VALUES (?, ?, ?, ?)',
  )
  const forgetIncoming = db.prepare('DELETE FROM incoming_numbers WHERE uid = ?')

  const storedKeys = (kind: number, id: number): readonly string[] | undefined => {
    const row = keysOf.get(kind, id)
    return row && JSON.parse(textOf(row, 'keys'))
  }

  return {
    upsert(clients: readonly IndexedClient[]): void {
      for (const client of clients) {
        const kind = kindNumber(client.kind)
        const before = storedKeys(kind, client.id) ?? []
        upsertClient.run(kind, client.id, client.name, client.owner, JSON.stringify(client.keys), client.updatedAt)
        for (const key of before) if (!client.keys.includes(key)) removeKey.run(key, client.id, kind)
        for (const key of client.keys) if (!before.includes(key)) addKey.run(key, client.id, kind)
      }
    },
    remove(clientKind: IndexedClient['kind'], id: number): void {
      const kind = kindNumber(clientKind)
      for (const key of storedKeys(kind, id) ?? []) removeKey.run(key, id, kind)
      removeClient.run(kind, id)
    },
    saveProgress(complete: boolean, cursor: number | undefined): void {
      saveProgress.run(complete ? 1 : 0, cursor ?? null)
    },
    beginPass(): void {
      beginPass.run()
    },
    rememberIncoming(numbers: readonly IncomingNumber[]): void {
      for (const { key, uid, lead, contact } of numbers) rememberIncoming.run(key, uid, lead, contact)
    },
    forgetIncoming(uid: string): void {
      forgetIncoming.run(uid)
    },
  }
}
