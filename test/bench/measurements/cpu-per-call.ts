import { setTimeout as sleep } from 'node:timers/promises'
import { type HotSpot, type ProfileSummary, summarizeProfiles } from '../cpu-profile.ts'
import { answeredCalls } from '../load.ts'
import type { Bench, Measurement } from '../measurement.ts'
import { cpuDuring } from '../process-usage.ts'
import { median } from '../statistics.ts'
import { startWitness } from '../witness.ts'
import type { HeardByListener } from '../witnesses/bare-listener.ts'

const RATE = 40

/** CPU of the whole service, all threads, beside a client that only parses the unfiltered stream of the same calls. */
export const cpuPerCall: Measurement = {
  name: 'cpu-per-call',
  title: 'CPU of the service per routed call',
  async run(bench) {
    const { quick, say, signal } = bench
    const { stage, ariOf, startService, numbers, drained } = await bench.pbx()
    const [rounds, count, idleMs] = quick ? [1, 20, 1_000] : [5, 200, 3_000]
    const profile = await profiled(bench, quick ? 20 : 300)
    await using service = await startService()
    await using listener = await startWitness<HeardByListener>('bare-listener.ts', ariOf('bench-listener'))
    const pids = [service.pid, listener.pid, stage.lab.asteriskPid]
    const call = (calls: number) => stage.lab.trunk.call(answeredCalls(numbers.mixed(calls), RATE, signal))
    // V8 goes on optimising for more than a thousand calls; a service meets them once.
    await call(quick ? 10 : 800)
    await drained(60_000)

    const ours: number[] = []
    const bare: number[] = []
    const asterisk: number[] = []
    const perEvent: number[] = []
    for (let round = 0; round < rounds; round++) {
      const idle = await cpuPerMs(pids, () => sleep(idleMs))
      const before = (await listener.ask()).events
      const busy = await cpuWhole(pids, async () => {
        await call(count)
        await drained(60_000)
      })
      const events = (await listener.ask()).events - before
      const perCall = busy.used.map((used, index) => (used - (idle[index] ?? 0) * busy.tookMs) / count)
      ours.push(perCall[0] ?? 0)
      bare.push(perCall[1] ?? 0)
      asterisk.push(perCall[2] ?? 0)
      perEvent.push(((perCall[1] ?? 0) * count) / events)
      say(
        `round ${round + 1}: service ${perCall[0]?.toFixed(0)} µs a call, bare ${perCall[1]?.toFixed(0)} µs, ${(events / count).toFixed(0)} events a call, Asterisk ${perCall[2]?.toFixed(0)} µs`,
      )
    }
    return {
      figures: [
        {
          what: 'CPU per routed call, from the question to the call note in the CRM',
          unit: 'µs',
          ours: median(ours),
          baseline: { what: 'ws + JSON.parse, unfiltered', value: median(bare) },
          target: { of: 'ratio', most: 3 },
        },
      ],
      notes: [
        `${rounds} rounds of ${count} answered calls at ${RATE} calls/s, idle CPU taken off, every second caller known (routed to the owner), the others become contacts; the bare client took ${median(perEvent).toFixed(0)} µs an event, Asterisk ${(median(asterisk) / 1000).toFixed(1)} ms a call.`,
        `In a profiled run ari-client and swagger-client had ${percent(profile.ariClientMicros, profile)} of the busy time, what they called and what called them back included. Own time by module: ${top(profile.byModule, profile)}.`,
      ],
    }
  },
}

/** The same calls under `node --cpu-prof`, in a process of their own: sampling costs, so its figures are shares only. */
async function profiled(bench: Bench, count: number): Promise<ProfileSummary> {
  const { startService, stage, numbers, drained } = await bench.pbx()
  const directory = await bench.directory()
  const began = performance.now()
  await using service = await startService(`--cpu-prof --cpu-prof-dir=${directory}`)
  const call = (calls: number) => stage.lab.trunk.call(answeredCalls(numbers.mixed(calls), RATE, bench.signal))
  await call(count)
  const warmMs = performance.now() - began
  await call(count)
  await drained(60_000)
  await service.stop()
  const summary = await summarizeProfiles(directory, warmMs)
  for (const { where, micros } of summary.byFunction.slice(0, 25)) {
    bench.say(`profile: ${percent(micros, summary).padStart(6)}  ${where}`)
  }
  return summary
}

function percent(micros: number, { busyMicros }: ProfileSummary): string {
  return `${((100 * micros) / busyMicros).toFixed(1)} %`
}

function top(spots: readonly HotSpot[], summary: ProfileSummary): string {
  return spots
    .slice(0, 12)
    .map(({ where, micros }) => `${where} ${percent(micros, summary)}`)
    .join(', ')
}

async function cpuPerMs(pids: readonly number[], act: () => Promise<unknown>): Promise<readonly number[]> {
  const { used, tookMs } = await cpuWhole(pids, act)
  return used.map((micros) => micros / tookMs)
}

async function cpuWhole(pids: readonly number[], act: () => Promise<unknown>) {
  const began = performance.now()
  const used = await cpuDuring(pids, act)
  return { used, tookMs: performance.now() - began }
}
