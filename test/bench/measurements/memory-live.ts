import { setTimeout as sleep } from 'node:timers/promises'
import { answeredCalls } from '../load.ts'
import type { Measurement } from '../measurement.ts'
import { residentMb } from '../process-usage.ts'
import { startWitness } from '../witness.ts'

/** Memory while much is going on. */
export const memoryLive: Measurement = {
  name: 'memory-live',
  title: 'memory with 100 000 clients and 300 live calls',
  async run({ quick, say, pbx, signal }) {
    const { stage, startService, numbers, drained, ariOf } = await pbx()
    const [calls, rate, talkMs] = quick ? [20, 20, 3_000] : [300, 30, 16_000]
    await using service = await startService()
    await using listener = await startWitness('bare-listener.ts', ariOf('bench-listener'))
    const idle = await residentMb(service.pid)
    let most = { live: 0, ours: 0, bare: 0 }
    let over = false
    const load = stage.lab.trunk.call(answeredCalls(numbers.mixed(calls), rate, signal, talkMs)).finally(() => {
      over = true
    })
    while (!over) {
      await sleep(1_000)
      const live = Number(await service.status('calls.live'))
      const ours = await residentMb(service.pid)
      if (ours > most.ours) most = { live: Math.max(live, most.live), ours, bare: await residentMb(listener.pid) }
      else most = { ...most, live: Math.max(live, most.live) }
    }
    await load
    await drained(120_000)
    say(`idle ${idle.toFixed(0)} MB, at most ${most.ours.toFixed(0)} MB with up to ${most.live} live calls`)
    return {
      figures: [
        {
          what: `resident memory, the most seen, up to ${most.live} live calls`,
          unit: 'MB',
          ours: most.ours,
          baseline: { what: 'bare ws client of the same calls', value: most.bare },
          target: { of: 'ours', most: 150 },
        },
      ],
      notes: [
        `${idle.toFixed(0)} MB right after the start. MB are 10⁶ bytes of resident memory, shared pages included.`,
      ],
    }
  },
}
