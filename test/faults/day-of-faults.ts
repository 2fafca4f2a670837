import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import { liveThroughDay } from './live-through-day.ts'
import { installVirtualTime } from './virtual-time.ts'

// `node test/faults/day-of-faults.ts [--calls 100000] [--seed N] [--hours 24] [--deaths 60] [--log FILE]`: a day of calls through the real
// service, its disk and the CRM's emulator on a virtual clock, with every fault there is. The same seed is the same day.

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    hours: { type: 'string', default: '24' },
    deaths: { type: 'string', default: '60' },
    perHour: { type: 'string', default: '12' },
    blows: { type: 'string', default: '40' },
    log: { type: 'string' },
    quiet: { type: 'boolean', default: false },
  },
})

const began = process.hrtime.bigint()
const seconds = () => Number((process.hrtime.bigint() - began) / 1_000_000n) / 1000
const say = (line: string) => {
  if (!values.quiet) console.log(`${seconds().toFixed(0).padStart(5)} s  ${line}`)
}
/** A Friday morning. */
const time = installVirtualTime(Date.parse('2026-11-20T05:00:00Z'))
// In memory where there is such a place: a day has hundreds of thousands of commits, and the power does not fail on it.
const directory = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'callweave-day-'))
try {
  console.log(`seed ${values.seed}: ${values.calls} calls in ${values.hours} h`)
  const {
    wrong,
    blows,
    dead: _,
    ...figures
  } = await liveThroughDay({
    seed: Number(values.seed),
    calls: Number(values.calls),
    lastsMs: Number(values.hours) * 3_600_000,
    faultsPerHour: Number(values.perHour),
    blows: Number(values.blows),
    deaths: Number(values.deaths),
    directory,
    time,
    log:
      values.log === undefined ? pino({ level: 'silent' }) : pino(pino.destination({ dest: values.log, sync: true })),
    say,
  })
  console.log(JSON.stringify({ ...figures, blows }))
  for (const one of wrong.slice(0, 40)) console.log(`wrong: ${one}`)
  const cpu = process.cpuUsage()
  console.log(
    `${wrong.length} wrong; ${seconds().toFixed(1)} s, ${((cpu.user + cpu.system) / 1e6).toFixed(1)} s of CPU, ${Math.round(process.resourceUsage().maxRSS / 1000)} MB at most`,
  )
  process.exitCode = wrong.length === 0 ? 0 : 1
} finally {
  rmSync(directory, { recursive: true, force: true })
}
