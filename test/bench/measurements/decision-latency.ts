import { setTimeout as sleep } from 'node:timers/promises'
import type { LogLine } from '../../stage/service-process.ts'
import { KNOWN_PREFIX } from '../clients.ts'
import { BARE_DECIDER, dids } from '../dialplan.ts'
import type { Measurement } from '../measurement.ts'
import { percentile, spread } from '../statistics.ts'
import { startWitness } from '../witness.ts'
import type { Decision } from '../witnesses/decision-observer.ts'

const RATE = 10

/** How long a caller waits in the dialplan for the answer, beside a client that answers without thinking. */
export const decisionLatency: Measurement = {
  name: 'decision-latency',
  title: 'decision latency with 100 000 clients in the index',
  async run({ quick, say, pbx, signal }) {
    const { stage, ariOf, startService, numbers, drained } = await pbx()
    const [rounds, count] = quick ? [1, 10] : [4, 80]
    await using service = await startService()
    await using _decider = await startWitness('bare-decider.ts', {
      ...ariOf(BARE_DECIDER),
      knownPrefix: KNOWN_PREFIX,
    })
    await using observer = await startWitness<readonly Decision[]>('decision-observer.ts', ariOf('bench-observer'))
    const decisions: Decision[] = []
    const call = async (did: string, calls: number): Promise<void> => {
      await stage.lab.trunk.call({ from: numbers.mixed(calls), did, count: calls, rate: RATE, signal })
      await sleep(300)
      decisions.push(...(await observer.ask()))
    }
    // The first calls meet code that no compiler has seen yet; a PBX meets them once a restart.
    for (const did of [dids.refused, dids.refusedBare]) await call(did, quick ? 2 : 30)
    decisions.length = 0
    const linesBefore = service.log.length
    for (let round = 0; round < rounds; round++) {
      for (const did of [dids.refused, dids.refusedBare]) await call(did, count)
    }
    const tookMs = (application: string) =>
      decisions.filter((one) => one.application === application).map((one) => one.tookMs)
    const [ours, bare] = [tookMs('callweave'), tookMs(BARE_DECIDER)]
    const whole = routedMs(service.log, linesBefore)
    say(`ours ${spread(ours)}; bare ${spread(bare)}; by the service's own log, last command answered: ${spread(whole)}`)
    await drained(60_000)
    const figure = (what: string, share: number) => ({
      what: `${what}, Stasis() entered to decision set, stamps of Asterisk`,
      unit: 'ms',
      ours: percentile(ours, share),
      baseline: { what: 'bare ws client, no look-up', value: percentile(bare, share) },
    })
    return {
      figures: [
        figure('p50', 0.5),
        { ...figure('p99', 0.99), target: { of: 'ours', most: 20 } },
        {
          what: 'p99, StasisStart to the last command answered, by the log line `call routed`',
          unit: 'ms',
          ours: percentile(whole, 0.99),
          target: { of: 'ours', most: 20 },
        },
      ],
      notes: [
        `${ours.length} calls of ours and ${bare.length} of the bare client in ${rounds} interleaved rounds at ${RATE} calls/s, every second caller known; Asterisk stamps whole milliseconds.`,
      ],
    }
  },
}

/** The log tells the age by Asterisk's clock as it was measured at connect. Both clocks are one here: that error is taken off. */
function routedMs(log: readonly LogLine[], from: number): readonly number[] {
  const skewMs = Number(log.find(({ msg }) => msg === 'Asterisk is connected')?.['clockSkewMs'] ?? 0)
  return log.slice(from).flatMap((line) => (line.msg === 'call routed' ? [Number(line['tookMs']) - skewMs] : []))
}
