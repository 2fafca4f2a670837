import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { LabError } from '../lab/lab-error.ts'
import { type BenchPbx, startBenchPbx } from './bench-pbx.ts'
import { machineLine } from './machine.ts'
import type { Bench, Findings, Measurement } from './measurement.ts'
import { measurements } from './measurements.ts'
import { figureLine, renderFindings, withSection } from './table.ts'

// `npm run bench [-- --only NAME[,NAME…]] [-- --quick]`: measures, prints as it goes, and writes what it found into
// docs/benchmarks.md. `--quick` tries everything with few repetitions and writes nothing.

const DOCUMENT = fileURLToPath(new URL('../../docs/benchmarks.md', import.meta.url))
const ending = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort())

const began = performance.now()
const say = (line: string) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`)

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } } })
  const chosen = choose(values.only)
  await using parts = new AsyncDisposableStack()
  let pbx: Promise<BenchPbx> | undefined
  const bench: Bench = {
    quick: values.quick,
    signal: ending.signal,
    say: (line) => say(`  ${line}`),
    pbx: () =>
      (pbx ??= startBenchPbx({ signal: ending.signal, quick: values.quick, log: say }).then((it) => parts.use(it))),
    async directory() {
      const directory = await mkdtemp(join(tmpdir(), 'callweave-bench-'))
      parts.defer(() => rm(directory, { recursive: true, force: true }))
      return directory
    },
  }
  const found: (readonly [Measurement, Findings])[] = []
  for (const measurement of chosen) {
    ending.signal.throwIfAborted()
    say(measurement.title)
    const findings = await measurement.run(bench)
    for (const figure of findings.figures) say(`  ${figureLine(figure)}`)
    for (const note of findings.notes) say(`  ${note}`)
    found.push([measurement, findings])
    if (!values.quick) await write(measurement, findings, (await pbx)?.asteriskVersion)
  }
  say(values.quick ? 'quick run: nothing was written' : `written to docs/benchmarks.md: ${found.length} measurements`)
}

function choose(only: string | undefined): readonly Measurement[] {
  if (only === undefined) return measurements
  const names = only.split(',')
  const unknown = names.filter((name) => !measurements.some((one) => one.name === name))
  if (unknown.length === 0) return measurements.filter(({ name }) => names.includes(name))
  throw new LabError(
    `no measurement ${unknown.join(', ')}; there are ${measurements.map(({ name }) => name).join(', ')}`,
  )
}

/** Section by section, so that a run that is ended leaves what it measured. */
async function write({ name }: Measurement, findings: Findings, asterisk: string | undefined): Promise<void> {
  const document = await readFile(DOCUMENT, 'utf8')
  const measured = withSection(document, name, renderFindings(findings, new Date()))
  const whole = asterisk === undefined ? measured : withSection(measured, 'machine', machineLine(asterisk))
  await writeFile(DOCUMENT, whole)
}

try {
  await main()
} catch (error) {
  if (ending.signal.aborted) say('ended before it was done')
  else if (error instanceof LabError) console.error(`callweave: ${error.message}`)
  else console.error(error)
  process.exitCode = 1
}
