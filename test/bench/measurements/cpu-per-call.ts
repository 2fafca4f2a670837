import { setTimeout as sleep } from 'node:timers/promises'
import { type HotSpot, type ProfileSummary, summarizeProfiles } from '../cpu-profile.ts'
import { answeredCalls } from '../load.ts'
import type { Bench, Measurement } from '../measurement.ts'
import { cpuDuring } from '../process-usage.ts'
import { median } from '../statistics.ts'
import { startWitness, type Witness } from '../witness.ts'
import type { HeardByListener } from '../witnesses/bare-listener.ts'

/** At a higher rate more writes share a commit, so one rate alone would flatter or blacken. */
const RATES = [20, 60] as const

/** CPU of the whole service, all threads, beside a client that only parses the unfiltered stream of the same calls. */
export const cpuPerCall: Measurement = {
  name: 'cpu-per-call',
  title: 'CPU of the service per routed call',
  async run(bench) {
    const { stage, ariOf, startService, numbers, drained } = await bench.pbx()
    const [rounds, count] = bench.quick ? [1, 20] : [4, 160]
    const profile = await profiled(bench, bench.quick ? 20 : 300)
    await using service = await startService()
    await using listener = await startWitness<HeardByListener>('bare-listener.ts', ariOf('bench-listener'))
    // V8 goes on optimising for more than a thousand calls; a service meets them once.
    await stage.lab.trunk.call(answeredCalls(numbers.mixed(bench.quick ? 10 : 800), 60, bench.signal))
    await drained(60_000)
    const taken = new Map<number, Round[]>(RATES.map((rate) => [rate, []]))
    for (let round = 0; round < rounds; round++) {
      for (const rate of RATES) taken.get(rate)?.push(await measure(bench, { service, listener, rate, count }))
    }
    const all = [...taken.values()].flat()
    const of = (rate: number, key: keyof Round) => (taken.get(rate) ?? []).map((one) => one[key])
    return {
      figures: RATES.map((rate) => ({
        what: `CPU per routed call at ${rate} calls/s, from the question to the call note in the CRM`,
        unit: 'µs',
        ours: median(of(rate, 'ours')),
        baseline: { what: 'ws + JSON.parse, unfiltered', value: median(of(rate, 'bare')) },
        target: { of: 'ratio', most: 3 },
      })),
      notes: [
        `${rounds} rounds of ${count} answered calls at each rate in turn, idle CPU taken off, every second caller known (routed to the owner), the others become contacts. ${RATES.map((rate) => `Ratios of the rounds at ${rate} calls/s: ${(taken.get(rate) ?? []).map(({ ours, bare }) => (ours / bare).toFixed(1)).join(', ')}.`).join(' ')} The bare client took ${median(all.map(({ perEvent }) => perEvent)).toFixed(0)} µs an event, Asterisk ${(median(all.map(({ asterisk }) => asterisk)) / 1000).toFixed(1)} ms a call.`,
        `In a profiled run ari-client and swagger-client had ${percent(profile.ariClientMicros, profile)} of the busy time, what they called and what called them back included. Own time by module: ${top(profile.byModule, profile)}.`,
      ],
    }
  },
}

/** Microseconds a call, the last one an event. */
interface Round {
  readonly ours: number
  readonly bare: number
  readonly asterisk: number
  readonly perEvent: number
}

interface Load {
  readonly service: { readonly pid: number }
  readonly listener: Witness<HeardByListener>
  readonly rate: number
  readonly count: number
}

async function measure(bench: Bench, { service, listener, rate, count }: Load): Promise<Round> {
  const { stage, numbers, drained } = await bench.pbx()
  const pids = [service.pid, listener.pid, stage.lab.asteriskPid]
  const idle = await cpuPerMs(pids, () => sleep(bench.quick ? 1_000 : 3_000))
  const before = (await listener.ask()).events
  const busy = await cpuWhole(pids, async () => {
    await stage.lab.trunk.call(answeredCalls(numbers.mixed(count), rate, bench.signal))
    await drained(60_000)
  })
  const events = (await listener.ask()).events - before
  const [ours = 0, bare = 0, asterisk = 0] = busy.used.map((used, at) => (used - (idle[at] ?? 0) * busy.tookMs) / count)
  bench.say(
    `${rate} calls/s: service ${ours.toFixed(0)} µs a call, bare ${bare.toFixed(0)} µs, ${(events / count).toFixed(0)} events a call, Asterisk ${asterisk.toFixed(0)} µs`,
  )
  return { ours, bare, asterisk, perEvent: (bare * count) / events }
}

/** The same calls under `node --cpu-prof`, in a process of their own: sampling costs, so its figures are shares only. */
async function profiled(bench: Bench, count: number): Promise<ProfileSummary> {
  const { startService, stage, numbers, drained } = await bench.pbx()
  const directory = await bench.directory()
  const began = performance.now()
  await using service = await startService(`--cpu-prof --cpu-prof-dir=${directory}`)
  const call = (calls: number) => stage.lab.trunk.call(answeredCalls(numbers.mixed(calls), 60, bench.signal))
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
