import { join } from 'node:path'
import { phoneKey } from '../../../src/numbers/phone-number.ts'
import type { DatabaseAddress } from '../../../src/reconciliation/database.ts'
import { createReconciliation } from '../../../src/reconciliation/pass.ts'
import { recordsThread } from '../../../src/reconciliation/records-thread.ts'
import { openStore } from '../../../src/store/sqlite/open-store.ts'
import { serveWitness, witnessOptions } from './_witness.ts'

// Reads spans of the PBX's records, one after another, and says what that took. It is ready when it has done so.

export interface ReadSpan {
  readonly from: number
  readonly to: number
  /** `read`: read and interpreted. `register`: held against an empty journal, and written into it. `compare`: once more. */
  readonly what: 'read' | 'register' | 'compare'
  /** Spans of one name share a journal. */
  readonly journal: string
}

export interface SpanRead {
  readonly calls: number
  readonly ms: number
  /** All threads. */
  readonly cpuMs: number
  readonly peakMb: number
  /** How late a timer of the main thread came, at worst; milliseconds. */
  readonly lateMs: number
}

interface Options {
  readonly address: DatabaseAddress
  readonly directory: string
  readonly spans: readonly ReadSpan[]
}

const { address, directory, spans } = witnessOptions<Options>()
const tables = { cdrTable: 'cdr', celTable: 'cel', columns: { cdr: {}, cel: {} } }
const telling = () => ({
  staff: { internal: /^1\d\d$/, people: [{ extension: '105', mobiles: ['79990001122'] }] },
  country: 'RU',
})
const source = recordsThread({ place: { kind: 'database', address, tables }, telling })
const signal = new AbortController().signal
const EVERY_MS = 10

async function measured(work: () => Promise<number>): Promise<SpanRead> {
  let [peak, late, due] = [process.memoryUsage.rss(), 0, performance.now() + EVERY_MS]
  const timer = setInterval(() => {
    const now = performance.now()
    late = Math.max(late, now - due)
    due = now + EVERY_MS
    peak = Math.max(peak, process.memoryUsage.rss())
  }, EVERY_MS)
  const [began, before] = [performance.now(), process.cpuUsage()]
  const calls = await work()
  const { user, system } = process.cpuUsage(before)
  clearInterval(timer)
  return { calls, ms: performance.now() - began, cpuMs: (user + system) / 1000, peakMb: peak / 1e6, lateMs: late }
}

async function read({ from, to }: ReadSpan): Promise<number> {
  let calls = 0
  for await (const page of source.tellings({ kind: 'span', from, to }, signal)) calls += page.calls.length
  return calls
}

async function reconcile({ from, to, journal: name }: ReadSpan): Promise<number> {
  await using store = await openStore({ file: join(directory, `${name}.db`) })
  const { journal, ledger } = store
  const pass = createReconciliation({
    ...{ source, journal, ledger, pbx: 'bench', now: Date.now, asteriskNow: Date.now, leaveAloneMs: 300_000 },
    others: () => [],
    readNotes: () => Promise.reject(new Error('there is no CRM')),
    registration: {
      leftOutBecause: () => undefined,
      register: async (call, events) => {
        const { id, linkedids, startedAt, endedAt = startedAt, direction, client } = call
        const clientKey = phoneKey(client) ?? ''
        await journal.recordEnded(
          { pbx: 'bench', id, linkedids, startedAt, endedAt, direction, clientKey, call, events },
          [],
        )
        return { kind: 'registering', id }
      },
      adopt: async () => undefined,
      standing: async (id) => {
        await store.outbox.get(`bench/${id}:client`)
        await store.outbox.get(`bench/${id}:note`)
        return { kind: 'no-jobs' }
      },
      retell: async () => 0,
    },
  })
  let calls = 0
  const options = { dry: false, effects: 'quiet', compareCrm: false, onDemand: false } as const
  for await (const _ of pass.reconcile({ kind: 'span', from, to }, options, signal)) calls += 1
  return calls
}

const found: SpanRead[] = []
for (const span of spans) found.push(await measured(() => (span.what === 'read' ? read(span) : reconcile(span))))
serveWitness((): readonly SpanRead[] => found)
