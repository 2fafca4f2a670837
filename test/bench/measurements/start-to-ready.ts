import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceProcess } from '../../stage/service-process.ts'
import type { Measurement } from '../measurement.ts'
import { median, spread } from '../statistics.ts'

const LOOK_EVERY_MS = 5

/** From the start of the process to the first answer 200 of /readyz: state opened, ARI connected, questions answered. */
export const startToReady: Measurement = {
  name: 'start-to-ready',
  title: 'start to ready',
  async run({ quick, say, pbx, signal }) {
    const { stage, spawnService } = await pbx()
    const rounds = quick ? 1 : 9
    const ours: number[] = []
    const bare: number[] = []
    for (let round = 0; round < rounds; round++) {
      signal.throwIfAborted()
      bare.push(await bareNodeMs())
      const began = performance.now()
      await using service = spawnService()
      await ready(service, stage.port)
      ours.push(performance.now() - began)
      await service.stop()
    }
    say(`ours ${spread(ours)}; node ${spread(bare)}`)
    const figure = {
      what: `process start to /readyz 200, median of ${rounds}`,
      unit: 'ms',
      ours: median(ours),
      baseline: { what: 'node -e 0', value: median(bare) },
      target: { of: 'ours', most: 1500 },
    } as const
    return { figures: [figure], notes: ['With 100 000 clients in the index and a running Asterisk.'] }
  },
}

async function ready(service: ServiceProcess, port: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; ) {
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.status === 200) return
    await sleep(LOOK_EVERY_MS)
  }
  throw new Error(`not ready: ${JSON.stringify(service.log.slice(-5))}`)
}

async function bareNodeMs(): Promise<number> {
  const began = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  return performance.now() - began
}
