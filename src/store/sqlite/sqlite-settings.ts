import type { DatabaseSync } from 'node:sqlite'
import type { Settings } from '../ports.ts'
import { reading } from './reading.ts'
import { textOf } from './row.ts'
import type { Writer } from './writer.ts'

export function sqliteSettings(db: DatabaseSync, writer: Writer): Settings {
  const find = db.prepare('SELECT value FROM settings WHERE name = ?')
  return {
    get: (name) =>
      reading(() => {
        const row = find.get(name)
        return row && textOf(row, 'value')
      }),
    async set(name, value) {
      await writer.write({ kind: 'set-setting', name, value })
    },
  }
}
