import { setTimeout as sleep } from 'node:timers/promises'
import type { BenchPbx } from '../bench-pbx.ts'
import { answeredCalls } from '../load.ts'
import type { Bench, Figure, Measurement } from '../measurement.ts'
import { cpuDuring } from '../process-usage.ts'
import { percentile, spread } from '../statistics.ts'
import { startWitness } from '../witness.ts'
import type { SeenCard } from '../witnesses/card-watcher.ts'
import type { HeardRing } from '../witnesses/ring-listener.ts'

/** A ringing phone's card must be on the screen before the hand is on the receiver. */
export const cardLatency: Measurement = {
  name: 'card-latency',
  title: 'from the client’s call to the card on the socket',
  async run(bench) {
    const pbx = await bench.pbx()
    const [slow, fast] = bench.quick ? [10, 40] : [100, 900]
    const alone = await asteriskAlone(pbx, bench, bench.quick ? 40 : 300)
    await using service = await pbx.startService()
    await using cards = await startWitness<readonly SeenCard[]>('card-watcher.ts', {
      port: pbx.stage.port,
      tokens: pbx.tokens,
    })
    await using rings = await startWitness<readonly HeardRing[]>('ring-listener.ts', pbx.ariOf('bench-rings'))
    const { trunk } = pbx.stage.lab
    const notes = [
      `Asterisk alone, no service: ${(alone.asteriskMicros / 1000).toFixed(1)} ms of CPU a call at 60 calls/s, CDR and CEL included, SIPp and MariaDB not.`,
    ]
    const measured = async (count: number, rate: number): Promise<Latencies> => {
      const known = new Set(pbx.journalled().map(({ id }) => id))
      const [busy = 0] = await cpuDuring([service.pid], () =>
        trunk.call(answeredCalls(pbx.numbers.mixed(count), rate, bench.signal)),
      )
      await pbx.drained(120_000)
      const born = pbx.journalled().filter(({ id }) => !known.has(id))
      const since = (arrivals: readonly SeenCard[]) => {
        const at = new Map(arrivals.map((one) => [one.call, one.at]))
        return born.flatMap(({ id, startedAt }) => (at.has(id) ? [(at.get(id) ?? 0) - startedAt] : []))
      }
      const latencies = { card: since(await cards.ask()), ring: since(await rings.ask()) }
      bench.say(`${rate} calls/s: card ${spread(latencies.card)}; bare client hears the dial ${spread(latencies.ring)}`)
      notes.push(
        `${rate} calls/s: ${born.length} calls, ${latencies.card.length} cards, service ${(busy / count / 1000).toFixed(1)} ms of CPU a call.`,
      )
      await sleep(500)
      return latencies
    }
    // Cold code first: nobody's figure.
    await trunk.call(answeredCalls(pbx.numbers.mixed(slow), 20, bench.signal))
    await pbx.drained(60_000)
    const low = await measured(slow, 5)
    const high = await measured(fast, 60)
    return {
      figures: [
        figure('5 calls/s, p50', low, 0.5),
        figure('5 calls/s, p99', low, 0.99),
        figure('60 calls/s, p50', high, 0.5),
        { ...figure('60 calls/s, p99', high, 0.99), target: { of: 'ours', most: 150 } },
      ],
      notes: [
        'From the creation of the client’s channel, stamped by Asterisk, to the first card at a listener in a process of its own; the phone is dialled by the dialplan only after the question was answered, which the baseline waits for too.',
        ...notes,
      ],
    }
  },
}

interface Latencies {
  readonly card: readonly number[]
  readonly ring: readonly number[]
}

function figure(what: string, { card, ring }: Latencies, share: number): Figure {
  const baseline = { what: 'a bare ws client hears the phone dialled', value: percentile(ring, share) }
  return { what, unit: 'ms', ours: percentile(card, share), baseline }
}

async function asteriskAlone(pbx: BenchPbx, { signal }: Bench, count: number) {
  const { lab } = pbx.stage
  const load = answeredCalls(pbx.numbers.mixed(count), 60, signal)
  const [used = 0] = await cpuDuring([lab.asteriskPid], () => lab.trunk.call(load))
  return { asteriskMicros: used / count }
}
