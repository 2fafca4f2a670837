import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { StoreError } from '../store-error.ts'
import type { Forgotten, Upkeep } from '../upkeep-ports.ts'
import type { FromBackup } from './backup-worker.ts'
import type { Writer } from './writer.ts'

export function sqliteUpkeep(file: string, writer: Writer): Upkeep {
  return {
    backup: async (target) => {
      const began = performance.now()
      const bytes = await inThread(file, target)
      return { file: target, bytes, tookMs: Math.round(performance.now() - began) }
    },
    dropEvents: async (before, limit) => (await writer.write({ kind: 'drop-events', before, limit })).changed,
    fadeCalls: async (before, limit) => (await writer.write({ kind: 'fade-calls', before, limit })).changed,
    forgetPerson: async (what) => (await writer.write({ kind: 'forget-person', what })).forgotten ?? nothing,
    shrink: async (pages) => (await writer.write({ kind: 'shrink', pages })).changed,
  }
}

const nothing: Forgotten = {
  ...{ calls: 0, jobs: 0, decisions: 0, callbackTasks: 0, incomingNumbers: 0, clients: 0, leads: 0 },
}

/** Neither the thread of the calls nor the one that writes waits for a copy. */
async function inThread(file: string, target: string): Promise<number> {
  const worker = new Worker(new URL('./backup-worker.ts', import.meta.url), {
    workerData: { file, target },
    name: 'store-backup',
    execArgv: [],
  })
  const answered: readonly FromBackup[] = await Promise.race([
    once(worker, 'message'),
    once(worker, 'exit').then(([code]) => {
      throw new StoreError('io', `The copying of the state ended with code ${code}`)
    }),
  ])
  const [answer] = answered
  if (answer === undefined) throw new StoreError('io', 'The copying of the state told nothing')
  if ('failure' in answer) throw new StoreError(answer.failure.code, answer.failure.what)
  return answer.bytes
}
