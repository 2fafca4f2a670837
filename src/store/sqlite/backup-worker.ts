import { parentPort, workerData } from 'node:worker_threads'
import { backupDatabase } from './backup-database.ts'
import { type Failure, failureOf } from './sqlite-failure.ts'

/** A thread that copies the state once. Started by `sqlite-upkeep.ts` with `{ file, target }`. */
export type FromBackup = { readonly bytes: number } | { readonly failure: Failure }

if (!parentPort) throw new Error('The copier runs in a worker thread only')
parentPort.postMessage(copied(workerData.file, workerData.target))

function copied(file: string, target: string): FromBackup {
  try {
    return { bytes: backupDatabase(file, target) }
  } catch (error) {
    return { failure: failureOf(error) }
  }
}
