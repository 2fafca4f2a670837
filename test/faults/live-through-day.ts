import type { Logger } from 'pino'
import { openStore } from '../../src/store/sqlite/open-store.ts'
import { dayOfFaults } from '../amocrm-sandbox/faults/day-of-faults.ts'
import { followFaultDay } from '../amocrm-sandbox/faults/follow-fault-day.ts'
import { seededRandom } from '../amocrm-sandbox/faults/random.ts'
import { startSandbox } from '../amocrm-sandbox/sandbox.ts'
import { type PlannedCall, planCalls } from './call-plan.ts'
import { checkDay, type DayReport } from './check-day.ts'
import { companyConfig, hire } from './company.ts'
import { inProcessTransport } from './in-process-transport.ts'
import { beginLife, type ServiceLife } from './service-life.ts'
import { createUnderWay } from './under-way.ts'
import type { VirtualTime } from './virtual-time.ts'

export interface DayOptions {
  readonly seed: number
  readonly calls: number
  readonly lastsMs: number
  /** Faults an hour, blows and deaths of the service in all. */
  readonly faultsPerHour: number
  readonly blows: number
  readonly deaths: number
  /** For the state; removed by whoever made it. */
  readonly directory: string
  readonly time: VirtualTime
  readonly log: Logger
  readonly say: (line: string) => void
}

export interface LivedDay extends DayReport {
  readonly requests: number
  readonly deaths: number
  /** Whatever hit the account. */
  readonly blows: Readonly<Record<string, number>>
  /** How often somebody had to renew the authorisation. */
  readonly authorisations: number
  readonly dead: readonly string[]
  /** Virtual milliseconds from the last call to the end of the last job. */
  readonly settledAfterMs: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** The index is filled before the first call, as on a day after the installation. */
const HEAD_START = 5 * MINUTE
/** A person notices that the CRM's authorisation has ended. */
const PERSON_LOOKS_EVERY = 7 * MINUTE
const PATIENCE = 12 * HOUR
const VICTIMS = 60

/** A whole day of calls through the real service, with everything going wrong, on a virtual clock. */
export async function liveThroughDay(options: DayOptions): Promise<LivedDay> {
  const { seed, calls, lastsMs, directory, time, log, say } = options
  const now = time.now
  const random = seededRandom(seed)
  const startsAt = now() + HEAD_START
  const underWay = createUnderWay()
  await using sandbox = await startSandbox({
    clock: now,
    keepRequests: 500,
    latency: { baseMs: 150, perItemMs: 3 },
  })
  const staff = hire(sandbox)
  const plan = planCalls({ seed, calls, startsAt, lastsMs, staff })
  const owners = staff.people.flatMap(({ user }) => user ?? [])
  const known = plan.callers.filter((caller) => caller.known)
  sandbox.addContacts(known.length, (at) => ({
    name: `Client ${at}`,
    phones: [known[at]?.phone ?? ''],
    owner: owners[at % owners.length] ?? 0,
    createdAt: Math.floor(now() / 1000) - 1_000_000 + at,
  }))
  await using disk = await openStore({ file: `${directory}/state.db`, lingerMs: 0, now })
  const store = tracked(disk, underWay.track)
  const config = companyConfig(sandbox, directory, staff)
  let requests = 0
  const transport = inProcessTransport({ sandbox, now, isRefused: () => random() < 0.002 })

  // --- one life after the other
  let service: ServiceLife | undefined
  let [deaths, authorisations] = [0, 0]
  const untold = new Set<PlannedCall>()
  const told = new Set<string>()

  function begin(): void {
    const life = beginLife({
      config,
      store,
      now,
      random,
      log,
      transport: (request, signal) => {
        requests += 1
        return transport(request, signal)
      },
    })
    service = life
    void life.life.died.then(() => {
      deaths += 1
      service = undefined
      time.at(now() + 1000 + Math.floor(random() * 20_000), begin)
    })
    for (const planned of untold) tell(life, planned)
  }

  /** What nobody has written down is told again after a restart, as the PBX's own records are. */
  function tell({ registrar, side }: ServiceLife, planned: PlannedCall): void {
    registrar.register(planned.call, []).then(
      (registered) => {
        untold.delete(planned)
        told.add(planned.call.id)
        if (registered.kind === 'journal-only') say(`not registered: ${planned.call.id}: ${registered.why}`)
        side.outbox.wake()
      },
      (error: unknown) => say(`could not be written down: ${String(error)}`),
    )
  }

  function ended(planned: PlannedCall): void {
    untold.add(planned)
    if (service) tell(service, planned)
  }

  async function authorise(): Promise<void> {
    const living = service
    if (living === undefined || living.side.access().needsPerson === undefined) return
    authorisations += 1
    const code = sandbox.oauth.issueCode({ user: 7000001, admin: true })
    await living.side.desk.authorise(code, AbortSignal.timeout(MINUTE)).catch(() => undefined)
  }

  // --- everything that will happen
  const day = dayOfFaults({ seed, startsAt, lastsMs, perHour: options.faultsPerHour, blows: options.blows })
  const idOf = new Map(sandbox.contacts().map(({ id, phones }) => [phones[0] ?? '', id]))
  const victims = known.filter(({ line }) => line === 'contacts').slice(0, VICTIMS)
  const followed = followFaultDay(sandbox, day, {
    users: staff.mortal,
    contacts: victims.flatMap(({ phone }) => idOf.get(phone) ?? []),
  })
  for (const planned of plan.calls) {
    time.at(planned.toldAt, () => ended(planned))
    if (planned.again) time.at(planned.toldAt + 10 * MINUTE, () => ended(planned))
  }
  for (let n = 0; n < options.deaths; n += 1) {
    time.at(startsAt + Math.floor(random() * lastsMs), () =>
      service?.life.doom(1 + Math.floor(random() * 60), random() < 0.5 ? 'before' : 'after'),
    )
  }
  const lookEvery = (act: () => void, ms: number) => {
    act()
    time.at(now() + ms, () => lookEvery(act, ms))
  }
  begin()
  lookEvery(() => void authorise(), PERSON_LOOKS_EVERY)
  lookEvery(acceptOne, lastsMs / 60)

  /** A manager takes an incoming lead now and then. */
  function acceptOne(): void {
    const waiting = sandbox.unsorted().find(({ state }) => state === 'waiting')
    if (waiting && random() < 0.7) sandbox.acceptUnsorted(waiting.uid)
  }

  // --- and happens
  const lastCallAt = plan.calls.at(-1)?.toldAt ?? startsAt
  let saidAt = startsAt
  for (;;) {
    await underWay.quiet()
    const next = Math.min(time.nextDue() ?? Infinity, sandbox.nextDue() ?? Infinity)
    if (now() > saidAt + lastsMs / 12) {
      saidAt = now()
      const counts = await disk.outbox.counts()
      say(
        `${((now() - startsAt) / HOUR).toFixed(1)} h: ${told.size} calls written down, ${counts.waiting + counts.sending + counts.unproven} jobs wait, ${requests} requests, ${deaths} deaths`,
      )
    }
    if (now() > lastCallAt + 15 * MINUTE && (await isSettled())) break
    if (now() > lastCallAt + PATIENCE || next === Infinity) break
    await time.advanceTo(next)
    sandbox.tick()
  }

  async function isSettled(): Promise<boolean> {
    if (untold.size > 0 || service === undefined) return false
    const { waiting, sending, unproven } = await disk.outbox.counts()
    return waiting + sending + unproven === 0
  }

  const settledAfterMs = now() - lastCallAt
  const dead = (await disk.outbox.dead(100)).map(({ key, reason }) => `${key}: ${reason ?? ''}`)
  const deletions = followed.done.flatMap(({ blow, at, ids }) =>
    blow === 'delete-contact' ? ids.map((contact) => ({ contact, at })) : [],
  )
  const report = checkDay(plan, sandbox, deletions)
  const left = await disk.outbox.counts()
  const unsettled = left.waiting + left.sending + left.unproven + untold.size
  return {
    ...report,
    wrong: [
      ...(unsettled > 0 ? [`${unsettled} jobs and calls were not carried out: ${JSON.stringify(left)}`] : []),
      ...dead.map((each) => `dead: ${each}`),
      ...report.wrong,
    ],
    requests,
    deaths,
    authorisations,
    blows: countBy(followed.done.map(({ blow }) => blow)),
    dead,
    settledAfterMs,
  }
}

function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length]))
}

/** Every promise of the store's is waited for before the clock goes on. */
function tracked<T extends object>(thing: T, track: <R>(work: Promise<R>) => Promise<R>): T {
  const parts = new Map<PropertyKey, unknown>()
  return new Proxy(thing, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function' && (typeof value !== 'object' || value === null)) return value
      if (!parts.has(name)) {
        const part =
          typeof value === 'function'
            ? (...args: unknown[]) => track(Promise.resolve(Reflect.apply(value, target, args)))
            : tracked(value, track)
        parts.set(name, part)
      }
      return parts.get(name)
    },
  })
}
