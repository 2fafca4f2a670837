import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { writePastCalls } from '../../stage/past-calls.ts'
import { type Stage, setStage } from '../../stage/stage.ts'
import type { Figure, Measurement } from '../measurement.ts'
import { median } from '../statistics.ts'

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const LONG_AGO = Date.UTC(2024, 0)
const REQUESTS_PER_SECOND = 6
const STORIES = ['in-answered', 'out-answered', 'in-group-answered', 'in-abandoned-ivr'] as const

/** What an administrator waits for: calls of the past out of the PBX's records into the CRM, by `callweave backfill`. */
export const backfill: Measurement = {
  name: 'backfill',
  title: 'a thousand calls of the past read again',
  async run(bench) {
    const calls = bench.quick ? 100 : 1_000
    const rounds = bench.quick ? 1 : 3
    let filling: number | undefined = LONG_AGO
    await using stage = await setStage({
      asterisk: '22',
      signal: bench.signal,
      sandbox: {
        latency: { baseMs: 150, perItemMs: 3 },
        // Nobody who looks for changes meets them.
        clock: () => filling ?? Date.now(),
        seed: (hands) =>
          hands.addContacts(calls * rounds, (at) => {
            filling = LONG_AGO + at * HOUR_MS
            return { name: `Клиент ${at}`, phones: [phoneOf('922', at)], owner: 7_000_001, createdAt: filling / 1000 }
          }),
      },
      config: { crm: { refreshSeconds: 30 } },
    })
    filling = undefined
    const ticking = setInterval(() => stage.sandbox.tick(), 2)
    using _ = { [Symbol.dispose]: () => clearInterval(ticking) }
    const days = await writeDays(stage, calls, rounds)
    await using service = await stage.start()
    // First, while nothing has changed in the CRM: who looks for unknown numbers reads what has changed in the last two minutes.
    const unknown = await backfilled(stage, days.unknown, calls)
    bench.say(`unknown: ${(unknown / 1000).toFixed(2)} s`)
    const known: number[] = []
    for (const day of days.known) {
      bench.signal.throwIfAborted()
      known.push(await backfilled(stage, day, calls))
      bench.say(`known: ${((known.at(-1) ?? 0) / 1000).toFixed(2)} s`)
    }
    await service.stop()
    const figure = (what: string, ms: number, more: Pick<Figure, 'target'>): Figure => ({
      what: `${calls} calls of ${calls} ${what}`,
      unit: 's',
      ours: ms / 1000,
      baseline: { what: `a request a call, ${REQUESTS_PER_SECOND} requests/s`, value: calls / REQUESTS_PER_SECOND },
      ...more,
    })
    return {
      figures: [
        figure('known clients', median(known), { target: { of: 'ours', most: 5 } }),
        figure('unknown numbers, contact and note each', unknown, {}),
      ],
      notes: [
        `From the start of \`callweave backfill\` to its end, when the CRM has the last note; median of ${rounds} rounds of known clients (${known.map((ms) => (ms / 1000).toFixed(2)).join(', ')}), one of unknown numbers. Rows of ${STORIES.length} kinds of calls, recorded from Asterisk 22, in a real MariaDB (FreePBX's table); the CRM emulator takes 7 requests a second and answers after 150 ms and 3 ms an item. The baseline is arithmetic: what full requests gain.`,
      ],
    }
  },
}

/** A day of calls for each round, and one of unknown numbers; nobody has told them. Oldest first, as a table is. */
async function writeDays({ lab }: Stage, calls: number, rounds: number) {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS
  const write = async (day: number, client: (at: number) => string): Promise<number> => {
    const past = Array.from({ length: calls }, (_, at) => ({
      story: STORIES[at % STORIES.length] ?? '',
      at: day + (at * (DAY_MS - 60_000)) / calls,
      client: client(at),
    }))
    await writePastCalls(lab.database, past, 0)
    return day
  }
  const unknown = await write(today - (rounds + 2) * DAY_MS, (at) => phoneOf('903', at))
  const known: number[] = []
  for (let round = 0; round < rounds; round += 1)
    known.push(await write(today - (rounds + 1 - round) * DAY_MS, (at) => phoneOf('922', round * calls + at)))
  return { known, unknown }
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
