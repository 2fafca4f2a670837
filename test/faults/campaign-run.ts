import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { AsteriskVersion } from '../lab/root-fs.ts'
import { eventually } from '../stage/stage.ts'
import { makeCalls } from './campaign-calls.ts'
import { compare, type Verdict } from './campaign-check.ts'
import { startClock } from './campaign-clock.ts'
import type { ExperiencedCall } from './campaign-experienced.ts'
import { doHarms } from './campaign-faults.ts'
import { createKeeper, type ServiceKeeper } from './campaign-keeper.ts'
import { type CampaignPbx, DEFAULT_USER, ownerOf, setCampaignPbx, userOf } from './campaign-pbx.ts'
import type { Harm, Plan } from './campaign-plan.ts'
import { readRecords } from './campaign-records.ts'
import { settled } from './campaign-settled.ts'

export interface CampaignOptions {
  readonly asterisk: AsteriskVersion
  readonly plan: Plan
  /** The service's log, and what is needed to look into wrong calls, go here. */
  readonly directory: string
  readonly settleMs: number
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export interface CampaignOutcome {
  readonly verdict: Verdict
  /** How often each was done; of the CRM's faults, how many requests were hit. */
  readonly harms: ReadonlyMap<string, number>
  readonly troubles: ReadonlyMap<string, number>
  /** Drawn, but impossible on this machine. */
  readonly impossible: readonly Harm[]
  readonly diedUnordered: readonly string[]
  /** The service's own words. */
  readonly defects: readonly string[]
  readonly deadLetters: number
  /** Why the service had not finished when patience ended. */
  readonly unsettled?: string
}

/** Calls and faults as planned on a real PBX with a real database; then PBX and CRM are compared. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignOutcome> {
  const { asterisk, plan, directory, settleMs, log, signal } = options
  await mkdir(directory, { recursive: true })
  await using parts = new AsyncDisposableStack()
  const pbx = parts.use(await setCampaignPbx({ asterisk, plan, log, signal }))
  const { stage } = pbx
  const keeper = parts.use(
    createKeeper({
      ...{ configFile: stage.configFile, port: stage.port },
      ...{ logFile: join(directory, 'service.log'), clockFile: join(directory, 'clock') },
    }),
  )
  keeper.start()
  const isReady = async () =>
    (await keeper.status('contactIndex.complete')) === true && (await keeper.status('asterisk.state')) === 'up'
  await eventually(isReady, 30_000, 'the service is not ready')
  log('the service is ready')

  const clock = startClock(signal)
  const [made, harmed] = await Promise.all([
    Promise.all(plan.calls.map((calls) => clock.at(calls.at).then(() => makeCalls(pbx, calls, signal)))),
    doHarms(plan.harms, { pbx, keeper, clock, log }),
    ...plan.troubles.map(({ at, times, do: action }) =>
      clock.at(at).then(() => stage.sandbox.fault({ times, do: action })),
    ),
  ])
  log('every call has ended')
  stage.sandbox.clearFaults()
  stage.sandbox.unblock()
  const unsettled = await settled(keeper, settleMs, log, signal)

  const phones = await pbx.callee.calls()
  const experienced = made.flatMap((fold) => fold(phones))
  const records = await readRecords(
    stage.lab.database,
    plan.calls.flatMap(({ numbers }) => numbers),
  )
  const { sandbox } = stage
  const outbox = await keeper.status('outbox.counts')
  const verdict = compare({
    ...{ experienced, records: records.of, notes: sandbox.callNotes(), contacts: sandbox.contacts(), userOf },
    deaths: harmed.deaths,
    responsibleForMissed,
  })
  const bad =
    verdict.wrong.length > 0 || unsettled !== undefined || keeper.diedUnordered.length + keeper.defects.length > 0
  if (bad)
    await keep(directory, pbx, keeper, {
      plan,
      experienced,
      deaths: harmed.deaths,
      notes: sandbox.callNotes(),
      ...records,
    })
  return {
    ...{
      verdict,
      harms: harmed.done,
      troubles: hits(pbx),
      diedUnordered: keeper.diedUnordered,
      defects: keeper.defects,
      deadLetters: deadOf(outbox),
    },
    impossible: keeper.hasClock ? [] : plan.harms.some(({ harm }) => harm === 'jump-clock') ? ['jump-clock'] : [],
    ...(unsettled !== undefined && { unsettled }),
  }
}

/** The rules' defaults: a known client's is the card's owner, else whoever rang last. */
function responsibleForMissed({ kind, number, rang }: ExperiencedCall): number {
  if (kind === 'known') return userOf(ownerOf(number))
  const last = kind === 'given-up' ? `12${number.at(-1)}` : rang
  return last === undefined ? DEFAULT_USER : userOf(last)
}

function deadOf(counts: unknown): number {
  return typeof counts === 'object' && counts !== null && 'dead' in counts ? Number(counts.dead) : 0
}

function hits({ stage }: CampaignPbx): ReadonlyMap<string, number> {
  const kinds = stage.sandbox.requests().flatMap(({ fault }) => (fault ? [nameOf(fault)] : []))
  return new Map([...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => [kind, all.length]))
}

function nameOf(fault: { readonly kind: string; readonly execution?: unknown }): string {
  if (fault.execution === undefined) return fault.kind
  return `${fault.kind}, ${fault.execution === 'executed' ? 'executed' : fault.execution === 'not-executed' ? 'not executed' : 'executed later'}`
}

/** State, configuration and records as `callweave explain` and `callweave interpret` take them. */
async function keep(directory: string, pbx: CampaignPbx, keeper: ServiceKeeper, facts: Record<string, unknown>) {
  await keeper.stop()
  const state = join(directory, 'state')
  await cp(pbx.disk.directory, state, { recursive: true, filter: (from) => !from.includes('compile-cache') })
  const config = JSON.parse(await readFile(pbx.stage.configFile, 'utf8'))
  config.service.directory = state
  await writeFile(join(directory, 'config.json'), JSON.stringify(config, null, 2))
  for (const [name, value] of Object.entries(facts)) {
    if (value instanceof Map) continue
    await writeFile(join(directory, `${name}.json`), JSON.stringify(value, null, 1))
  }
}
