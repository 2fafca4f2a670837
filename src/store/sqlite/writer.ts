import { Worker } from 'node:worker_threads'
import { StoreError } from '../store-error.ts'
import { asStoreError } from './sqlite-failure.ts'
import type { Answer, FromWriter, ToWriter, Write, Written } from './write.ts'

export interface Writer {
  /** Resolves when the disk has it. @throws StoreError */
  write(write: Write): Promise<Written>
  /** Writes what waits, then ends the thread. */
  close(): Promise<void>
}

export interface WriterOptions {
  readonly file: string
  /** How long the first write of a group waits for company, milliseconds. */
  readonly lingerMs: number
  /** The thread ended by itself; every later write fails. */
  readonly onDied: (error: StoreError) => void
}

/** Small heap: the thread holds one group of writes at a time; the page cache is SQLite's own and bounded. */
const heap = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 4 }

/** Starts the writer thread, which opens and migrates the database. @throws StoreError when it cannot. */
export async function startWriter({ file, lingerMs, onDied }: WriterOptions): Promise<Writer> {
  const worker = new Worker(new URL('./writer-worker.ts', import.meta.url), {
    workerData: { file, lingerMs },
    resourceLimits: heap,
    name: 'store-writer',
    execArgv: [],
  })
  const pending = new Map<number, PromiseWithResolvers<Written>>()
  const opened = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<void>()
  let refusal: StoreError | undefined
  let nextId = 0

  const answer = (one: Answer) => {
    const waiting = pending.get(one.id)
    pending.delete(one.id)
    if ('written' in one) waiting?.resolve(one.written)
    else waiting?.reject(new StoreError(one.failure.code, one.failure.what))
  }
  const end = (error: StoreError) => {
    const byItself = refusal === undefined
    refusal ??= error
    opened.reject(refusal)
    for (const waiting of pending.values()) waiting.reject(refusal)
    pending.clear()
    ended.resolve()
    if (byItself) onDied(refusal)
  }
  worker.on('message', (message: FromWriter) => {
    if (message.kind === 'committed') message.answers.forEach(answer)
    else if (message.kind === 'ready') opened.resolve()
    else refusal = new StoreError(message.failure.code, message.failure.what)
  })
  worker.on('error', (error) => end(new StoreError('writer-died', `The store's writer died: ${error.message}`)))
  worker.on('exit', (code) => end(new StoreError('writer-died', `The store's writer ended with code ${code}`)))
  await opened.promise.catch((error) => {
    throw asStoreError(error)
  })

  const post = (message: ToWriter) => worker.postMessage(message)
  return {
    write(write) {
      if (refusal) return Promise.reject(refusal)
      const waiting = Promise.withResolvers<Written>()
      const id = nextId++
      pending.set(id, waiting)
      post({ kind: 'write', id, write })
      return waiting.promise
    },
    async close() {
      if (!refusal) {
        refusal = new StoreError('closed', 'The store is closed')
        post({ kind: 'close' })
      }
      await ended.promise
    },
  }
}
