import { readlinkSync } from 'node:fs'
import { setPriority } from 'node:os'
import { basename } from 'node:path'
import { parentPort, workerData } from 'node:worker_threads'
import type { TellingsPage } from './call-source.ts'
import { openDatabase } from './database.ts'
import { failureOf } from './database-failure.ts'
import type { FromRecords, Question, RecordsAnswer, RecordsOrder, ToRecords } from './records-message.ts'
import { recordsSource } from './records-source.ts'

// The thread that reads the PBX's records and tells calls from them: it lives as long as one pass.

const LOGGED_CHARACTERS = 500
/** Whatever else wants the core has it first: a night's reading may last a little longer. */
const NICENESS = 10

stepBack()

if (!parentPort) throw new Error('records-worker is a thread')
const port = parentPort
const say = (message: FromRecords): void => port.postMessage(message)

// Made by the thread that started this one.
const { place, asked, telling } = workerData as RecordsOrder
const database = place.kind === 'database' ? openDatabase(place.address) : undefined
const source = recordsSource({
  place,
  database,
  telling: () => ({
    ...telling,
    leftOut: (row, reason) =>
      say({ kind: 'left-out', row: JSON.stringify(row)?.slice(0, LOGGED_CHARACTERS) ?? '', reason }),
  }),
})
const pages = source.tellings(asked, new AbortController().signal)[Symbol.asyncIterator]()
let last: TellingsPage['calls'] = []

async function next(): Promise<RecordsAnswer> {
  const { done, value } = await pages.next()
  if (done) {
    await database?.[Symbol.asyncDispose]()
    return { kind: 'end' }
  }
  last = value.calls
  return { ...value, kind: 'page', calls: last.map(({ call, wholeSeconds }) => ({ call, wholeSeconds })) }
}

async function answer(question: Question): Promise<RecordsAnswer> {
  try {
    if (question.kind === 'next') return await next()
    return { kind: 'events', events: (await last[question.at]?.events()) ?? [] }
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) }
  }
}

port.on('message', async (question: ToRecords) => {
  say({ ...(await answer(question)), number: question.number })
})

/** Linux gives each thread a priority of its own; elsewhere it stays as it is. */
function stepBack(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), NICENESS)
  } catch {
    // Reading goes on all the same.
  }
}
