import type { DatabaseSync } from 'node:sqlite'
import type { CallbackTask, CallbackTasks } from '../crm-state-ports.ts'
import { reading } from './reading.ts'
import { numberOf, type Row, textOf } from './row.ts'
import type { Writer } from './writer.ts'

export function sqliteCallbackTasks(db: DatabaseSync, writer: Writer): CallbackTasks {
  const find = db.prepare('SELECT * FROM callback_tasks WHERE key = ?')
  return {
    openFor: (key) =>
      reading(() => {
        const row = find.get(key)
        return row && asTask(row)
      }),
    async remember(task) {
      await writer.write({ kind: 'remember-task', task })
    },
    async forget(key) {
      await writer.write({ kind: 'forget-task', key })
    },
  }
}

function asTask(row: Row): CallbackTask {
  return {
    key: textOf(row, 'key'),
    task: numberOf(row, 'task'),
    entity: { kind: asKind(textOf(row, 'entity_kind')), id: numberOf(row, 'entity_id') },
    calls: JSON.parse(textOf(row, 'calls')),
    since: numberOf(row, 'since'),
  }
}

function asKind(text: string): CallbackTask['entity']['kind'] {
  if (text === 'contact' || text === 'company' || text === 'lead') return text
  throw new TypeError(`${text} is no kind of entity`)
}
