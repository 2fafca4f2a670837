import { parentPort, workerData } from 'node:worker_threads'
import { prepareWrites } from './apply-write.ts'
import { commitGroup } from './commit-group.ts'
import { openForWriting } from './connection.ts'
import { keepBeforeMigration } from './keep-before-migration.ts'
import { migrate } from './migrate.ts'
import { schema } from './schema.ts'
import { makeShrinkable } from './shrink.ts'
import { failureOf } from './sqlite-failure.ts'
import type { Answer, FromWriter, ToWriter, Write } from './write.ts'

/** The writer thread: whatever waits for the disk waits here. Started by `writer.ts` with `{ file, lingerMs }`. */

/** A group larger than this is cut, so that a burst is acknowledged bit by bit. */
const LARGEST_GROUP = 1_000
/**
 * Nobody waits for decisions, and most stand in their job's result already: they wait for company, which spares two of a call's seven commits.
 */
const UNHURRIED_MS = 100
const isUnhurried = ({ kind }: Write): boolean => kind === 'add-decisions'

if (!parentPort) throw new Error('The writer runs in a worker thread only')
serve(parentPort, workerData.file, workerData.lingerMs)

function serve(port: NonNullable<typeof parentPort>, file: string, lingerMs: number): void {
  const tell = (message: FromWriter) => port.postMessage(message)
  try {
    const db = openForWriting(file)
    migrate(db, schema, (format) => keepBeforeMigration(db, file, format))
    makeShrinkable(db)
    const apply = prepareWrites(db)
    let queue: Extract<ToWriter, { kind: 'write' }>[] = []
    let timer: NodeJS.Timeout | undefined
    let unhurried = false

    const commit = () => {
      const group = queue.slice(0, LARGEST_GROUP)
      queue = queue.slice(LARGEST_GROUP)
      unhurried = false
      timer = queue.length > 0 ? setTimeout(commit) : undefined
      const results = commitGroup(
        db,
        apply,
        group.map(({ write }) => write),
      )
      tell({ kind: 'committed', answers: results.map((result, at): Answer => ({ id: group[at]?.id ?? 0, ...result })) })
    }
    port.on('message', (message: ToWriter) => {
      if (message.kind === 'write') {
        queue.push(message)
        if (timer && unhurried && !isUnhurried(message.write)) {
          clearTimeout(timer)
          timer = undefined
        }
        if (timer) return
        unhurried = isUnhurried(message.write)
        timer = setTimeout(commit, unhurried ? UNHURRIED_MS : lingerMs)
        return
      }
      clearTimeout(timer)
      while (queue.length > 0) commit()
      clearTimeout(timer)
      db.close()
      port.close()
    })
    tell({ kind: 'ready' })
  } catch (error) {
    tell({ kind: 'not-opened', failure: failureOf(error) })
    port.close()
  }
}
