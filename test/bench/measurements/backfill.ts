import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { writePastCalls } from '../../stage/past-calls.ts'
import { type Stage, setStage } from '../../stage/stage.ts'
import type { Figure, Measurement } from '../measurement.ts'
import { median } from '../statistics.ts'

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
const DAY_MS = 86_400_000
/** Unix seconds: nobody who looks for changes meets them. */
const LONG_AGO = 1_700_000_000
const REQUESTS_PER_SECOND = 6
const STORIES = ['in-answered', 'out-answered', 'in-group-answered', 'in-abandoned-ivr'] as const

/** What an administrator waits for: calls of the past out of the PBX's records into the CRM, by `callweave backfill`. */
export const backfill: Measurement = {
  name: 'backfill',
  title: 'a thousand calls of the past read again',
  async run(bench) {
    const calls = bench.quick ? 100 : 1_000
    const rounds = bench.quick ? 1 : 5
    const took = { known: [] as number[], unknown: [] as number[] }
    await using stage = await setStage({
      asterisk: '22',
      signal: bench.signal,
      sandbox: {
        latency: { baseMs: 150, perItemMs: 3 },
        seed: (hands) =>
          hands.addContacts(calls, (at) => ({
            name: `Клиент ${at}`,
            phones: [phoneOf('922', at)],
            owner: 7_000_001,
            createdAt: LONG_AGO,
          })),
      },
      config: { crm: { refreshSeconds: 30 } },
    })
    const days = await writeDays(stage, calls, rounds)
    await using service = await stage.start()
    for (let round = 0; round < rounds; round += 1) {
      for (const kind of ['known', 'unknown'] as const) {
        bench.signal.throwIfAborted()
        const ms = await backfilled(stage, days[kind][round] ?? 0, calls)
        took[kind].push(ms)
        bench.say(`${kind}: ${(ms / 1000).toFixed(2)} s`)
      }
    }
    await service.stop()
    const figure = (kind: keyof typeof took, more: Pick<Figure, 'target'>): Figure => ({
      what: `${calls} calls of ${calls} ${kind === 'known' ? 'known clients' : 'unknown numbers, contact and note each'}`,
      unit: 's',
      ours: median(took[kind]) / 1000,
      baseline: { what: `a request a call, ${REQUESTS_PER_SECOND} requests/s`, value: calls / REQUESTS_PER_SECOND },
      ...more,
    })
    return {
      figures: [figure('known', { target: { of: 'ours', most: 5 } }), figure('unknown', {})],
      notes: [
        `Medians of ${rounds} rounds, from the start of \`callweave backfill\` to its end, when the CRM has the last note: known ${seconds(took.known)}, unknown ${seconds(took.unknown)}. Rows of ${STORIES.length} kinds of calls, recorded from Asterisk 22, in a real MariaDB (FreePBX's table); the CRM emulator takes 7 requests a second and answers after 150 ms and 3 ms an item. The baseline is arithmetic: what is gained by nothing but full requests.`,
      ],
    }
  },
}

/** One day of calls a round and kind; nobody has told them. */
async function writeDays({ lab }: Stage, calls: number, rounds: number) {
  const midnight = Math.floor(Date.now() / DAY_MS) * DAY_MS
  const days = { known: [] as number[], unknown: [] as number[] }
  for (let round = rounds - 1; round >= 0; round -= 1) {
    for (const kind of ['unknown', 'known'] as const) {
      const day = midnight - (2 * round + (kind === 'known' ? 2 : 3)) * DAY_MS
      const client = (at: number) => (kind === 'known' ? phoneOf('922', at) : phoneOf('903', round * calls + at))
      const past = Array.from({ length: calls }, (_, at) => ({
        story: STORIES[at % STORIES.length] ?? '',
        at: day + (at * (DAY_MS - 60_000)) / calls,
        client: client(at),
      }))
      await writePastCalls(lab.database, past, 0)
      days[kind].unshift(day)
    }
  }
  return days
}

async function backfilled({ configFile, sandbox }: Stage, day: number, calls: number): Promise<number> {
  const before = sandbox.callNotes().length
  const period = ['--from', String(day), '--to', String(day + DAY_MS - 1)]
  const began = performance.now()
  const { stdout } = await run(process.execPath, [MAIN, 'backfill', '--config', configFile, ...period])
  const ms = performance.now() - began
  const notes = sandbox.callNotes().slice(before)
  if (notes.length !== calls || new Set(notes.map(({ uniq }) => uniq)).size !== calls)
    throw new Error(`${notes.length} notes of ${calls} calls\n${stdout}`)
  return ms
}

function phoneOf(prefix: string, at: number): string {
  return `+7${prefix}${1_000_000 + at}`
}

function seconds(took: readonly number[]): string {
  return took.map((ms) => (ms / 1000).toFixed(2)).join(', ')
}
