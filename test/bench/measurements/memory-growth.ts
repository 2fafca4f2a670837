import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startFakeAri } from '../../fake-ari/fake-ari.ts'
import { type ServiceProcess, startServiceProcess } from '../../stage/service-process.ts'
import { asUnit } from '../as-unit.ts'
import { answeredCalls } from '../load.ts'
import type { Bench, Measurement } from '../measurement.ts'
import { cpuMicros, residentMb } from '../process-usage.ts'
import { type CallTemplate, readCallTemplate, replayed, type TimedMessage } from '../replay.ts'
import { median } from '../statistics.ts'

const RATE = 200
/** Recorded seconds pass ten times as fast, so that a short run has few calls live at once. */
const HASTE = 10
/** The link is closed when so much waits in it: a replay that the service cannot follow measures nothing. */
const MOST_UNREAD_BYTES = 8_000_000

/** Calls come and go by the thousand: what one left behind would show. */
export const memoryGrowth: Measurement = {
  name: 'memory-growth',
  title: 'memory over 20 000 calls',
  async run(bench) {
    const { numbers } = await bench.pbx()
    const templates = await record(bench)
    const calls = bench.quick ? 400 : 20_000
    await using ari = await startFakeAri()
    await using service = await serviceOn(ari.url, bench)
    const samples: { readonly calls: number; readonly mb: number }[] = []
    const pending: TimedMessage[] = []
    let begun = 0
    const cpuBefore = await cpuMicros(service.pid)
    const start = Date.now()
    for (let nextSample = start; begun < calls || pending.length > 0; ) {
      bench.signal.throwIfAborted()
      const now = Date.now()
      for (; begun < Math.min(calls, ((now - start) / 1000) * RATE); begun++) {
        const template = templates[begun % templates.length]
        const client = numbers.known[begun % numbers.known.length] ?? ''
        if (template) pending.push(...replayed(template, begun, start + (begun * 1000) / RATE, client, HASTE))
      }
      pending.sort((a, b) => a.at - b.at)
      const due = pending.findIndex(({ at }) => at > now)
      for (const { text } of pending.splice(0, due < 0 ? pending.length : due)) ari.say(text)
      if ((ari.links.at(-1)?.bufferedAmount ?? 0) > MOST_UNREAD_BYTES) throw new Error('the service cannot follow')
      if (now >= nextSample) {
        samples.push({ calls: begun, mb: await residentMb(service.pid) })
        nextSample += 500
      }
      await sleep(5)
    }
    await sleep(3_500)
    const micros = ((await cpuMicros(service.pid)) - cpuBefore) / calls
    const ended = service.log.filter(({ msg }) => msg === 'call ended').length
    const routed = service.log.filter(({ msg }) => msg === 'call routed').length
    const between = (from: number, to: number) =>
      median(samples.filter((one) => one.calls > calls * from && one.calls <= calls * to).map(({ mb }) => mb))
    const [second, middle, last] = [between(0.2, 0.4), between(0.4, 0.6), between(0.8, 1)]
    const what = `resident memory, median of the last fifth of ${calls} calls`
    const step = Math.max(1, Math.floor(samples.length / 10))
    bench.say(
      samples
        .filter((_, at) => at % step === 0)
        .map((one) => `${one.calls}: ${one.mb.toFixed(0)} MB`)
        .join(', '),
    )
    return {
      figures: [
        {
          what,
          unit: 'MB',
          ours: last,
          baseline: { what: 'second fifth', value: second },
          target: { of: 'ratio', most: 1.1 },
        },
        { what, unit: 'MB', ours: last, baseline: { what: 'middle fifth', value: middle } },
      ],
      notes: [
        `Events of ${templates.length} calls recorded from the real Asterisk in this run, replayed with fresh ids at ${RATE} calls/s, ${HASTE} times as fast, by an ARI emulator; ${routed} questions answered, ${ended} of ${calls} calls journalled and registered while the outbox wrote to the CRM emulator. CPU ${(micros / 1000).toFixed(1)} ms a call.`,
        'Flat is taken as: the last fifth holds at most a tenth more than the second. The middle fifth shows whether it still grows.',
      ],
    }
  },
}

/** One call after another, so that each recording is one call. */
async function record(bench: Bench): Promise<readonly CallTemplate[]> {
  const pbx = await bench.pbx()
  const directory = await bench.directory()
  await using _service = await pbx.startService()
  const templates: CallTemplate[] = []
  for (const [index, from] of pbx.numbers.mixed(4).entries()) {
    const file = join(directory, `${index}.ndjson`)
    {
      await using _recorder = await pbx.stage.lab.recordAri(file)
      await pbx.stage.lab.trunk.call(answeredCalls([from], 1, bench.signal))
      await sleep(300)
    }
    templates.push(await readCallTemplate(file, 'callweave'))
  }
  await pbx.drained(60_000)
  return templates
}

/** The service on a state of its own, which begins as a copy of the bench's. */
async function serviceOn(url: string, bench: Bench): Promise<ServiceProcess> {
  const { stage, database } = await bench.pbx()
  const directory = await bench.directory()
  const state = join(directory, 'state')
  await mkdir(state)
  await copyFile(database, join(state, 'callweave.db'))
  const config = JSON.parse(await readFile(stage.configFile, 'utf8'))
  config.service.directory = state
  config.asterisk.ari.url = url
  const configFile = join(directory, 'config.json')
  await writeFile(configFile, JSON.stringify(config))
  const service = asUnit(state, '', () => startServiceProcess({ configFile, port: stage.port }))
  await service.waitReady(20_000)
  return service
}
