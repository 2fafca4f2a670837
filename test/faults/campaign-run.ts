import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AsteriskVersion } from '../lab/root-fs.ts'
import { eventually } from '../stage/stage.ts'
import { compare, type Death, type Verdict } from './campaign-check.ts'
import { type ExperiencedCall, experiencedInbound, experiencedOutbound } from './campaign-experienced.ts'
import { doHarm } from './campaign-faults.ts'
import { createKeeper, type ServiceKeeper } from './campaign-keeper.ts'
import { type CampaignPbx, DEFAULT_USER, dids, setCampaignPbx, userOf } from './campaign-pbx.ts'
import { type Harm, overAfter, type Plan, type PlannedCalls } from './campaign-plan.ts'
import { readRecords } from './campaign-records.ts'

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

  const began = performance.now()
  const at = (ms: number) => sleep(Math.max(0, ms - (performance.now() - began)), undefined, { signal })
  const deaths: Death[] = []
  const done = new Map<string, number>()
  const harming = (async () => {
    // A harm that takes longer than planned (a slow stop) puts the others off: their distances are what keeps one witness seeing.
    let late = 0
    for (const planned of plan.harms) {
      if (planned.harm === 'jump-clock' && !keeper.hasClock) continue
      await at(planned.at + late)
      log(`${planned.harm} for ${planned.lastsMs} ms${planned.bySeconds ? ` by ${planned.bySeconds} s` : ''}`)
      const from = Date.now()
      await doHarm(pbx, keeper, planned)
      if (planned.harm === 'crash-asterisk') deaths.push({ from, until: Date.now() })
      done.set(planned.harm, (done.get(planned.harm) ?? 0) + 1)
      late = Math.max(late, performance.now() - began - planned.at - planned.lastsMs - overAfter(planned.harm))
    }
  })()
  const troubling = (async () => {
    for (const { at: when, times, do: action } of plan.troubles) {
      await at(when)
      stage.sandbox.fault({ times, do: action })
    }
  })()
  const calling = plan.calls.map(async (calls) => {
    await at(calls.at)
    return makeCalls(pbx, calls, signal)
  })
  const made = await Promise.all(calling)
  await Promise.all([harming, troubling])
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
    ...{ experienced, records: records.of, notes: sandbox.callNotes(), contacts: sandbox.contacts(), deaths, userOf },
    responsibleForMissed: ({ kind, number }) => (kind === 'given-up' ? userOf(`12${number.at(-1)}`) : DEFAULT_USER),
  })
  const bad =
    verdict.wrong.length > 0 || unsettled !== undefined || keeper.diedUnordered.length + keeper.defects.length > 0
  if (bad) await keep(directory, pbx, keeper, { plan, experienced, deaths, notes: sandbox.callNotes(), ...records })
  return {
    ...{
      verdict,
      harms: done,
      troubles: hits(pbx),
      diedUnordered: keeper.diedUnordered,
      defects: keeper.defects,
      deadLetters: deadOf(outbox),
    },
    impossible: keeper.hasClock ? [] : plan.harms.some(({ harm }) => harm === 'jump-clock') ? ['jump-clock'] : [],
    ...(unsettled !== undefined && { unsettled }),
  }
}

type Fold = (phones: Parameters<typeof experiencedInbound>[3]) => readonly ExperiencedCall[]

/** Makes them; resolves with a function that, given what the phones say, tells what they went through. */
async function makeCalls(pbx: CampaignPbx, calls: PlannedCalls, signal: AbortSignal): Promise<Fold> {
  const { stage, calleeSince } = pbx
  if (calls.kind === 'outbound') {
    const dialled = await Promise.all(
      calls.numbers.map(async (number) => {
        const person = `11${number.at(-1)}`
        const began = Date.now()
        await stage.lab.cli(`channel originate PJSIP/${person} extension ${number}@campaign-out`).catch(() => '')
        return { number, person, began }
      }),
    )
    // Up to four seconds of talk, and the ringing of both sides.
    await sleep(6_500, undefined, { signal })
    return (phones) =>
      dialled.map(({ number, person, began }) => experiencedOutbound(number, person, began, phones, calleeSince))
  }
  const { did, behaviour } = inbound(calls)
  const { numbers, rate } = calls
  let since = 0
  const results = await stage.lab.trunk.call({
    ...{ from: numbers, did, count: numbers.length, rate, signal, ...behaviour },
    onStart: () => {
      since = Date.now()
    },
  })
  return (phones) => experiencedInbound(calls, results, since, phones)
}

const PATIENCE_MS = 6_000

function inbound({ kind, talkMs }: PlannedCalls) {
  const talk = (ms: number) => ({ hangUp: 'caller', talkMs: ms, giveUpAfterMs: PATIENCE_MS }) as const
  switch (kind) {
    case 'talk-pbx':
      return { did: dids.endedByPbx, behaviour: talk(9_000) }
    case 'given-up':
      return { did: dids.silent, behaviour: { giveUpAfterMs: talkMs } }
    case 'refused':
      return { did: dids.refused, behaviour: { giveUpAfterMs: PATIENCE_MS } }
    default:
      return { did: dids.answered, behaviour: talk(talkMs) }
  }
}

/** @returns what is still to do when patience ends; undefined when nothing is */
async function settled(keeper: ServiceKeeper, patienceMs: number, log: (line: string) => void, signal: AbortSignal) {
  const deadline = performance.now() + patienceMs
  let quiet = 0
  for (let left = ''; ; await sleep(500, undefined, { signal })) {
    const now = await leftToDo(keeper)
    if (now !== left && now !== '') log(`to do: ${now}`)
    left = now
    quiet = left === '' ? quiet + 1 : 0
    // Passes over the records, one every two seconds here, may still find something.
    if (quiet >= 9) return undefined
    if (performance.now() > deadline) return left
  }
}

async function leftToDo(keeper: ServiceKeeper): Promise<string> {
  const [live, waiting, gaps, counts, unwritten] = await Promise.all([
    keeper.status('calls.live'),
    keeper.status('reconciliation.waiting'),
    keeper.status('reconciliation'),
    keeper.status('outbox.counts'),
    keeper.status('state.unwrittenCalls'),
  ])
  if (typeof counts !== 'object' || counts === null) return 'the service does not answer'
  const jobs = Object.entries(counts).filter(
    ([state, n]) => ['waiting', 'sending', 'unproven'].includes(state) && n > 0,
  )
  return [
    ...(live === 0 ? [] : [`${String(live)} calls go on`]),
    ...(waiting === 0 ? [] : [`${String(waiting)} wait for CEL`]),
    ...(JSON.stringify(gaps).includes('missingSince') ? ['something is missing'] : []),
    ...(unwritten ? [`${String(unwritten)} calls not written`] : []),
    ...jobs.map(([state, n]) => `${String(n)} jobs ${state}`),
  ].join(', ')
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
