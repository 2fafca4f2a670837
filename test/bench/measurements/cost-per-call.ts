import { createCallTracker } from '../../../src/calls/call-tracker.ts'
import { createCallPump } from '../../../src/live/call-pump.ts'
import type { Measurement } from '../measurement.ts'
import { median } from '../statistics.ts'
import { CALL_MS, syntheticCall } from '../synthetic-call.ts'

const MOST_LIVE = 10_000
const LIVE = [10, 1000, MOST_LIVE] as const

/** What one call costs the interpreter while others live: it must not matter how many. */
export const costPerCall: Measurement = {
  name: 'cost-per-call',
  title: 'cost per event at 10, 1 000 and 10 000 live calls',
  async run({ quick, say }) {
    const [rounds, calls] = quick ? [1, 100] : [9, 5_000]
    const taken = new Map<number, number[]>(LIVE.map((live) => [live, []]))
    // The first round is the compiler's.
    for (let round = -1; round < rounds; round++) {
      for (const live of LIVE) {
        const micros = measure(live, calls)
        if (round >= 0) taken.get(live)?.push(micros)
      }
    }
    const at = (live: number) => median(taken.get(live) ?? [])
    say(LIVE.map((live) => `${live} live: ${at(live).toFixed(1)} µs a call`).join(', '))
    const figure = (live: number) =>
      ({
        what: `pump and interpreter, one call among ${live} live`,
        unit: 'µs',
        ours: at(live),
        baseline: { what: 'among 10', value: at(10) },
        target: { of: 'ratio', most: 1.3 },
      }) as const
    return {
      figures: [figure(1000), figure(10_000)],
      notes: [
        `In one process, ${calls} calls a round with ${syntheticCall(0, 0).length} events each (arrival, dial, ring, conversation, end), virtual time, fresh ids, medians of ${rounds} interleaved rounds of process CPU.`,
      ],
    }
  },
}

/** @returns microseconds of CPU a call, with `live` calls up at any moment */
function measure(live: number, calls: number): number {
  const tracker = createCallTracker({ staff: { internal: /^1\d\d$/, people: [] }, country: 'RU', trunks: ['trunk'] })
  let now = 0
  using pump = createCallPump({
    tracker,
    asteriskNow: () => now,
    react: () => undefined,
    failed: (error) => {
      throw error
    },
  })
  const spacing = CALL_MS / live
  // As many for every rate: what is measured is the fold, not how far its events lie apart in memory.
  const timeline = Array.from({ length: MOST_LIVE + calls }, (_, index) => syntheticCall(index, index * spacing))
    .flat()
    .sort((a, b) => a.at - b.at)
  const [from, until] = [live * spacing, (live + calls) * spacing]
  let began: NodeJS.CpuUsage | undefined
  for (const event of timeline) {
    if (event.at >= until) break
    if (!began && event.at >= from) began = process.cpuUsage()
    now = event.at
    pump.take([event])
  }
  const { user, system } = process.cpuUsage(began)
  return (user + system) / ((until - from) / spacing)
}
