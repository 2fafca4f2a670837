import { Worker } from 'node:worker_threads'
import type { CallSource, SourcedCall } from './call-source.ts'
import { DatabaseUnreachable } from './database-error.ts'
import { errorOf } from './database-failure.ts'
import type { FromRecords, Question, RecordsAnswer, RecordsOrder, RecordsPlace, ToRecords } from './records-message.ts'
import type { TellingOptions } from './tell-group.ts'

export interface RecordsThreadDeps {
  readonly place: RecordsPlace
  /** Asked anew for each pass: people come and go. */
  readonly telling: () => TellingOptions
}

/** It holds the calls that are open, one page of rows and one of calls. */
const heap = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 4 }

/**
 * The PBX's records, read and told in a thread of their own (design section 6): live calls share a core with it at most. Each pass has a new
 * thread, so that what it used is given back; whoever stops in the middle ends it.
 */
export function recordsThread({ place, telling }: RecordsThreadDeps): CallSource {
  return {
    async *tellings(asked, signal) {
      const { leftOut, staff, trunks, country, timeZone } = telling()
      const { internal, people, mobiles } = staff
      const order: RecordsOrder = {
        ...{ place, asked },
        telling: { staff: { internal, people, ...(mobiles && { mobiles }) }, trunks, country, timeZone },
      }
      const worker = new Worker(new URL('./records-worker.ts', import.meta.url), {
        workerData: order,
        resourceLimits: heap,
        name: 'records',
        execArgv: [],
      })
      using talk = conversation(worker, signal, leftOut)
      const { ask } = talk
      try {
        for (;;) {
          const answer = await ask({ kind: 'next' })
          if (answer.kind !== 'page') return
          const calls = answer.calls.map(
            (told, at): SourcedCall => ({
              ...told,
              events: async () => {
                const asked = await ask({ kind: 'events', at })
                return asked.kind === 'events' ? asked.events : []
              },
            }),
          )
          yield { ...answer, calls }
        }
      } finally {
        await worker.terminate()
      }
    },
  }
}

/** Several questions may be under way: the events of calls that are registered together. */
function conversation(worker: Worker, signal: AbortSignal, leftOut: TellingOptions['leftOut']) {
  const waiting = new Map<number, PromiseWithResolvers<RecordsAnswer>>()
  let number = 0
  let end: unknown
  const fail = (error: unknown): void => {
    end ??= error
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('message', (message: FromRecords) => {
    if (message.kind === 'left-out') {
      leftOut?.(message.row, message.reason)
      return
    }
    const asked = waiting.get(message.number)
    waiting.delete(message.number)
    if (message.kind === 'failed') asked?.reject(errorOf(message.failure))
    else asked?.resolve(message)
  })
  worker.on('error', (error) => fail(died(error.message)))
  worker.on('exit', (code) => fail(died(`it ended with ${code}`)))
  const abort = () => fail(signal.reason)
  signal.addEventListener('abort', abort)
  return {
    ask(question: Question): Promise<RecordsAnswer> {
      signal.throwIfAborted()
      const asked = Promise.withResolvers<RecordsAnswer>()
      if (end !== undefined) asked.reject(end)
      number += 1
      waiting.set(number, asked)
      worker.postMessage({ ...question, number } satisfies ToRecords)
      return asked.promise
    },
    [Symbol.dispose]: () => signal.removeEventListener('abort', abort),
  }
}

function died(why: string): DatabaseUnreachable {
  return new DatabaseUnreachable(
    `the thread that reads the PBX's records died: ${why}`,
    'the next pass starts a new one',
  )
}
