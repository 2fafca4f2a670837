import type { Call } from '../../src/calls/call.ts'
import { seededRandom } from '../amocrm-sandbox/faults/random.ts'
import type { Staff } from './company.ts'

/** What each line of the company does with its calls; the check goes by this table, the service by its configuration. */
export const lines = {
  contacts: '7001',
  leads: '7002',
  unsorted: '7003',
  tasks: '7004',
  leadEachCall: '7005',
} as const
export type LineKind = keyof typeof lines

/** A number calls on one line only, so that what must stand in the CRM can be said number by number. */
export interface Caller {
  readonly phone: string
  readonly line: LineKind
  /** The CRM has had it all along. */
  readonly known: boolean
}

export interface PlannedCall {
  readonly call: Call
  readonly caller: Caller
  /** Epoch ms at which the PBX tells it; `again`: it is told once more (a second witness, an operator's import). */
  readonly toldAt: number
  readonly again: boolean
}

export interface CallPlanOptions {
  readonly seed: number
  readonly calls: number
  readonly startsAt: number
  readonly lastsMs: number
  readonly staff: Staff
}

export interface CallPlan {
  readonly callers: readonly Caller[]
  readonly calls: readonly PlannedCall[]
}

/** Calls come in rushes of up to so many, with quiet in between, and now and then alone. */
const LARGEST_RUSH = 60
const LINE_SHARES: readonly (readonly [LineKind, number])[] = [
  ['contacts', 0.35],
  ['leads', 0.2],
  ['unsorted', 0.15],
  ['tasks', 0.2],
  ['leadEachCall', 0.1],
]

/** The calls of a day, the same for the same seed. */
export function planCalls({ seed, calls, startsAt, lastsMs, staff }: CallPlanOptions): CallPlan {
  const random = seededRandom(seed ^ 0x5eed)
  const whole = (below: number) => Math.floor(random() * below)
  const pick = <T>(from: readonly T[]): T => {
    const one = from[whole(from.length)]
    if (one === undefined) throw new RangeError('nothing to choose from')
    return one
  }
  const callers = planCallers(Math.max(60, Math.ceil(calls * 0.4)), random)
  const planned: PlannedCall[] = []
  const rushes = Math.max(1, Math.round(calls / (LARGEST_RUSH / 3)))
  const instants = Array.from({ length: rushes }, () => startsAt + random() * lastsMs).toSorted((a, b) => a - b)
  while (planned.length < calls) {
    const toldAt = Math.round(instants[planned.length % rushes] ?? startsAt)
    const size = Math.min(calls - planned.length, random() < 0.4 ? 1 : 1 + whole(LARGEST_RUSH))
    let last: Caller | undefined
    for (let n = 0; n < size; n += 1) {
      // Who is not reached dials again at once.
      const caller: Caller = last !== undefined && random() < 0.08 ? last : pick(callers)
      last = caller
      planned.push(plan(caller, planned.length, toldAt + whole(400)))
    }
  }
  return { callers, calls: planned.toSorted((a, b) => a.toldAt - b.toldAt) }

  function plan(caller: Caller, number: number, toldAt: number): PlannedCall {
    const { call: base, endedAt } = { call: number, endedAt: toldAt - whole(3_000) }
    const outgoing = (caller.line === 'contacts' || caller.line === 'tasks') && random() < 0.25
    const answered = random() < 0.65
    const person = pick(staff.extensions)
    const talkSeconds = answered ? 1 + whole(300) : 0
    const waitSeconds = 1 + whole(20)
    const startedAt = Math.floor((endedAt - (talkSeconds + waitSeconds) * 1000) / 1000) * 1000
    const id = `${Math.floor(startedAt / 1000)}.${base}`
    const call: Call = {
      id,
      linkedids: [id],
      direction: outgoing ? 'out' : 'in',
      client: spelling(caller.phone, random()),
      line: lines[caller.line],
      startedAt,
      endedAt,
      answered,
      result: answered ? 'answered' : 'missed',
      waitSeconds,
      talkSeconds,
      responsible: answered ? person : '',
      hangupCause: 16,
      evidence: random() < 0.04 ? 'cel' : 'live',
      people: [
        { extension: person, rang: !outgoing, rangSeconds: outgoing ? 0 : waitSeconds, talkSeconds, holdSeconds: 0 },
      ],
      transfers: [],
      ivr: '',
      recordings: [],
      ...(outgoing && { startedBy: person }),
    }
    return { call, caller, toldAt, again: random() < 0.02 }
  }
}

function planCallers(count: number, random: () => number): readonly Caller[] {
  return Array.from({ length: count }, (_, at) => {
    let rest = random()
    const line = LINE_SHARES.find(([, share]) => {
      rest -= share
      return rest < 0
    })
    return { phone: `+79${String(100_000_000 + at * 7919)}`, line: line?.[0] ?? 'contacts', known: random() < 0.4 }
  })
}

/** As trunks deliver it: with +7, with 8, with 7. */
function spelling(phone: string, random: number): string {
  if (random < 0.6) return phone
  return random < 0.8 ? `8${phone.slice(2)}` : phone.slice(1)
}
