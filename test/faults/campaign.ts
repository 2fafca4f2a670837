import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { LabError } from '../lab/lab-error.ts'
import { planCampaign } from './campaign-plan.ts'
import { campaignReport, held } from './campaign-report.ts'
import { runCampaign } from './campaign-run.ts'

// `npm run faults -- [--calls 2000] [--seed N] [--minutes M] [--asterisk 16|22] [--brisk]`: calls on a real PBX while everything around them
// fails, and then a comparison of PBX and CRM. The same seed is the same plan of calls and faults. See docs/faults.md.

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '2000' },
    seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 1_000_000)) },
    minutes: { type: 'string' },
    asterisk: { type: 'string', default: '22' },
    brisk: { type: 'boolean', default: false },
  },
})
/** What two cores carry with PBX, database, CRM and load on them. */
const CALLS_A_SECOND = 4
const calls = Number(values.calls)
const seed = Number(values.seed)
const minutes = values.minutes === undefined ? calls / CALLS_A_SECOND / 60 : Number(values.minutes)
const asterisk = values.asterisk === '16' ? '16' : '22'

const ending = new AbortController()
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => ending.abort())
const began = performance.now()
const log = (line: string) => console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(5)} s  ${line}`)

try {
  if (![calls, seed, minutes].every((number) => Number.isFinite(number) && number > 0))
    throw new LabError('--calls, --seed and --minutes are numbers above 0')
  console.log(`seed ${seed}: ${calls} calls in ${minutes.toFixed(1)} minutes, Asterisk ${asterisk}`)
  const plan = planCampaign({ seed, calls, lastsMs: minutes * 60_000, brisk: values.brisk })
  const directory = join(tmpdir(), `callweave-faults-${seed}-${Date.now()}`)
  const outcome = await runCampaign({
    ...{ asterisk, plan, directory, settleMs: values.brisk ? 240_000 : 900_000, log, signal: ending.signal },
  })
  console.log(`\n${campaignReport(outcome, seed, directory)}`)
  process.exitCode = held(outcome) ? 0 : 1
} catch (error) {
  if (ending.signal.aborted) console.log('ended before it was done')
  else if (error instanceof LabError) console.error(`callweave: ${error.message}`)
  else console.error(error)
  process.exitCode = 1
}
