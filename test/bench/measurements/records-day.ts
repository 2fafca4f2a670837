import { setTimeout as sleep } from 'node:timers/promises'
import { loadCelDays } from '../cel-days.ts'
import { dids } from '../dialplan.ts'
import type { Measurement } from '../measurement.ts'
import { percentile, spread } from '../statistics.ts'
import { startWitness } from '../witness.ts'
import type { Decision } from '../witnesses/decision-observer.ts'
import type { ReadSpan, SpanRead } from '../witnesses/records-reader.ts'

const DAY_MS = 86_400_000
const RATE = 10

/** The second witness: a day of the PBX's records, read, interpreted and held against the journal. */
export const recordsDay: Measurement = {
  name: 'records-day',
  title: 'a day of 50 000 calls in CEL, read and interpreted',
  async run({ quick, say, pbx, directory, signal }) {
    const bench = await pbx()
    const perDay = quick ? 500 : 50_000
    const { host, port, user, password, database: name } = bench.stage.lab.database
    const address = { host, port, user, password, name }
    const days = await loadCelDays(address, 2 * perDay, perDay)
    say(`${days.rows} rows of ${days.calls} calls loaded in ${days.loadSeconds.toFixed(0)} s`)
    const few = perDay / 50
    const day = { from: days.from + DAY_MS, to: days.to, journal: 'day' }
    const some = { from: days.from + DAY_MS, to: days.from + DAY_MS + (few - 1) * (DAY_MS / perDay), journal: 'few' }
    const all = { from: days.from, to: days.to, journal: 'all' }
    const measure = async (...spans: readonly ReadSpan[]): Promise<readonly SpanRead[]> => {
      const options = { address, directory: await directory(), spans }
      await using reader = await startWitness<readonly SpanRead[]>('records-reader.ts', options)
      return await reader.ask()
    }
    const [read] = await measure({ ...day, what: 'read' })
    // What a thread costs to start is no cost of a call: the first span is forgotten.
    const [, registeredFew, comparedFew] = await measure(
      { ...some, journal: 'warm', what: 'register' },
      { ...some, what: 'register' },
      { ...some, what: 'compare' },
    )
    const [registered, compared] = await measure({ ...all, what: 'register' }, { ...all, what: 'compare' })
    if (!read || !registeredFew || !comparedFew || !registered || !compared) throw new Error('nothing was measured')
    for (const one of [read, registeredFew, comparedFew, registered, compared]) say(JSON.stringify(one))

    await using service = await bench.startService()
    await using observer = await startWitness<readonly Decision[]>(
      'decision-observer.ts',
      bench.ariOf('bench-observer'),
    )
    const decisions = async (calls: number): Promise<readonly number[]> => {
      const from = bench.numbers.mixed(calls)
      await bench.stage.lab.trunk.call({ from, did: dids.refused, count: calls, rate: RATE, signal })
      await sleep(300)
      return (await observer.ask()).filter(({ application }) => application === 'callweave').map(({ tookMs }) => tookMs)
    }
    await decisions(quick ? 2 : 30)
    const calls = quick ? 10 : 150
    const alone = await decisions(calls)
    const reading = measure({ ...day, what: 'read' })
    const meanwhile = await decisions(calls)
    await reading
    say(`decisions alone ${spread(alone)}; while a day is read ${spread(meanwhile)}; ${service.log.length} log lines`)
    await bench.drained(60_000)

    const perCall = ({ cpuMs, calls: count }: SpanRead) => (cpuMs * 1000) / count
    return {
      figures: [
        { what: 'a day read and interpreted', unit: 's', ours: read.ms / 1000, target: { of: 'ours', most: 60 } },
        {
          what: 'memory of the process meanwhile, at most',
          unit: 'MB',
          ours: read.peakMb,
          target: { of: 'ours', most: 200 },
        },
        { what: 'rows a second', unit: '/s', ours: days.rows / 2 / (read.ms / 1000) },
        {
          what: `CPU for a call that is registered, among ${registered.calls}`,
          unit: 'µs',
          ours: perCall(registered),
          baseline: { what: `among ${registeredFew.calls}`, value: perCall(registeredFew) },
          target: { of: 'ratio', most: 1.3 },
        },
        {
          what: `CPU for a call that is known, among ${compared.calls}`,
          unit: 'µs',
          ours: perCall(compared),
          baseline: { what: `among ${comparedFew.calls}`, value: perCall(comparedFew) },
          target: { of: 'ratio', most: 1.3 },
        },
        {
          what: 'decision latency, p99, while a day is read on the same two cores',
          unit: 'ms',
          ours: percentile(meanwhile, 0.99),
          baseline: { what: 'the same, nothing read', value: percentile(alone, 0.99) },
          target: { of: 'ours', most: 20 },
        },
      ],
      notes: [
        `${days.rows} rows of ${days.calls} calls in ${(days.calls / perDay).toFixed(0)} days (${(days.rows / days.calls).toFixed(1)} a call), recorded stories said again with ids, numbers and times of their own; ${read.calls} calls told of one day, ${(read.cpuMs / 1000).toFixed(1)} s of CPU in both threads.`,
        `The main thread's timer of 10 ms came ${read.lateMs.toFixed(0)} ms late at worst while the day was read, ${registered.lateMs.toFixed(0)} ms while ${registered.calls} calls were registered, ${compared.lateMs.toFixed(0)} ms while they were compared.`,
        `${meanwhile.length} decisions while the day was read by another process, ${alone.length} before.`,
      ],
    }
  },
}
