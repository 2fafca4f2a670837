import { seededRandom } from '../amocrm-sandbox/faults/random.ts'
import type { Execution, FaultAction } from '../amocrm-sandbox/transport/faults.ts'

/** What a call is to come to if nothing goes wrong. */
export type CallKind = 'talk' | 'talk-pbx' | 'known' | 'given-up' | 'refused' | 'outbound'

/** Calls of one kind that begin one after the other; each has a client's number of its own. */
export interface PlannedCalls {
  /** Milliseconds after the campaign's start. */
  readonly at: number
  readonly kind: CallKind
  readonly numbers: readonly string[]
  /** Calls a second. */
  readonly rate: number
  /** How long the client talks; of calls that the PBX hangs up `pbxHangsUpAfter` tells. */
  readonly talkMs: number
}

/** What befalls service, PBX, disk or the way between them; one at a time. */
export const HARMS = [
  'kill-service',
  'stop-service',
  'freeze-service',
  'cut-ari',
  'crash-asterisk',
  'crash-database',
  'hang-database',
  'fill-disk',
  'kill-on-full-disk',
  'jump-clock',
] as const
export type Harm = (typeof HARMS)[number]

export interface PlannedHarm {
  readonly at: number
  readonly harm: Harm
  readonly lastsMs: number
  /** How far the service's clock jumps; of `jump-clock` only. */
  readonly bySeconds?: number
}

/** A fault of the CRM, met by its next requests. */
export interface PlannedTrouble {
  readonly at: number
  readonly times: number
  readonly do: FaultAction
}

export interface Plan {
  readonly seed: number
  readonly lastsMs: number
  readonly calls: readonly PlannedCalls[]
  readonly harms: readonly PlannedHarm[]
  readonly troubles: readonly PlannedTrouble[]
}

export interface PlanOptions {
  readonly seed: number
  readonly calls: number
  /** How long the calls are spread over. */
  readonly lastsMs: number
  /** Default: all. Each is drawn before any is drawn again. */
  readonly harms?: readonly Harm[]
  /** Without those after which the CRM asks for minutes of rest, or keeps a request waiting for one. */
  readonly brisk?: boolean
}

/** Ring, talk, and what the machine adds. */
const LONGEST_CALL_MS = 7_000
const FIRST_MS = 2_000
/** Proof that something is not in the CRM takes half a minute: nobody waits for it longer than needed. */
const LAST_TROUBLE_MS = 8_000

/** While one of these lasts, and until the link stands again, the live witness is blind; or the other one. */
const BLINDS_LIVE: ReadonlySet<Harm> = new Set([
  'kill-service',
  'stop-service',
  'freeze-service',
  'cut-ari',
  'crash-asterisk',
  'kill-on-full-disk',
])
const BLINDS_CEL: ReadonlySet<Harm> = new Set(['crash-database'])

/** The same for the same options. Nothing that blinds both witnesses of a call is drawn within one call's length. */
export function planCampaign(options: PlanOptions): Plan {
  const { seed, calls, lastsMs, harms = HARMS, brisk = false } = options
  return {
    seed,
    lastsMs,
    calls: planCalls(seededRandom(seed), calls, lastsMs),
    harms: planHarms(seededRandom(seed + 1), harms, lastsMs),
    troubles: planTroubles(seededRandom(seed + 2), brisk ? BRISK : [...BRISK, ...SLOW], lastsMs),
  }
}

/** After how many seconds of talk the PBX itself hangs up, by the number; the dialplan reckons the same. */
export function pbxHangsUpAfter(number: string): number {
  return (Number(number.at(-2)) % 4) + 1
}

type Random = () => number
const whole = (random: Random, below: number): number => Math.floor(random() * below)

const SHARES: readonly (readonly [CallKind, number])[] = [
  ['talk', 5],
  ['talk-pbx', 3],
  ['known', 4],
  ['given-up', 3],
  ['refused', 2],
  ['outbound', 3],
]
const PREFIXES: Readonly<Record<CallKind, string>> = {
  talk: '+79030',
  'talk-pbx': '+79031',
  known: '+79222',
  'given-up': '+79033',
  refused: '+79034',
  outbound: '+79035',
}

function planCalls(random: Random, count: number, lastsMs: number): PlannedCalls[] {
  const planned: PlannedCalls[] = []
  const deck = SHARES.flatMap(([kind, share]) => Array.from({ length: share }, () => kind))
  for (let made = 0; made < count; ) {
    const kind = deck[whole(random, deck.length)] ?? 'talk'
    const size = Math.min(1 + whole(random, kind === 'outbound' ? 3 : 8), count - made)
    const numbers = Array.from(
      { length: size },
      (_, index) => `${PREFIXES[kind]}${String(100_000 + (made + index) * 7)}`,
    )
    const talkMs = 800 + whole(random, 3_200)
    // The calls' own share of the time, and a little chance.
    const at = Math.max(0, (made / count) * lastsMs + (random() - 0.5) * 1_500)
    planned.push({ at: Math.round(at), kind, numbers, rate: 2 + whole(random, 5), talkMs })
    made += size
  }
  return planned.toSorted((a, b) => a.at - b.at)
}

function planHarms(random: Random, kinds: readonly Harm[], lastsMs: number): PlannedHarm[] {
  const planned: PlannedHarm[] = []
  let deck: Harm[] = []
  let lastLive = Number.NEGATIVE_INFINITY
  let lastCel = Number.NEGATIVE_INFINITY
  for (let free = FIRST_MS; ; ) {
    if (deck.length === 0) deck = shuffled(kinds, random)
    const harm = deck.pop()
    if (harm === undefined) return planned
    const blinder = BLINDS_LIVE.has(harm) ? lastCel : BLINDS_CEL.has(harm) ? lastLive : Number.NEGATIVE_INFINITY
    const at = Math.round(Math.max(free, blinder + LONGEST_CALL_MS) + whole(random, 3_000))
    if (at > lastsMs) return planned
    const lasts = lastsOf(harm, random)
    planned.push({ at, harm, lastsMs: lasts, ...(harm === 'jump-clock' && { bySeconds: jump(random) }) })
    const over = at + lasts + overAfter(harm)
    if (BLINDS_LIVE.has(harm)) lastLive = over
    if (BLINDS_CEL.has(harm)) lastCel = over
    free = over + 1_000
  }
}

function lastsOf(harm: Harm, random: Random): number {
  switch (harm) {
    case 'freeze-service':
      return 500 + whole(random, 2_500)
    case 'crash-asterisk':
      return 300 + whole(random, 2_000)
    default:
      return 300 + whole(random, 5_000)
  }
}

/** Milliseconds the machine needs after its end to be whole again. */
export function overAfter(harm: Harm): number {
  return harm === 'crash-asterisk' ? 4_000 : 2_500
}

function jump(random: Random): number {
  const seconds = 5 + whole(random, 115)
  return random() < 0.5 ? seconds : -seconds
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  return all
    .map((one) => ({ one, rank: random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ one }) => one)
}

const late: Execution = { executedAfterMs: 4_000 }
const BRISK: readonly FaultAction[] = [
  { kind: 'delay', ms: 2_000 },
  { kind: 'throttled' },
  ...([...executions('server-error'), ...executions('gateway-timeout'), ...executions('reset')] as const),
  { kind: 'bad-gateway' },
  { kind: 'bad-gateway', execution: 'executed' },
  { kind: 'malformed' },
  { kind: 'truncated' },
]
const SLOW: readonly FaultAction[] = [
  { kind: 'hang' },
  { kind: 'hang', execution: 'executed' },
  { kind: 'unpaid' },
  { kind: 'unauthorized' },
  { kind: 'blocked', ms: 5_000 },
]

function executions(kind: 'server-error' | 'gateway-timeout' | 'reset'): readonly FaultAction[] {
  return (['not-executed', 'executed', late] as const).map((execution) => ({ kind, execution }))
}

function planTroubles(random: Random, kinds: readonly FaultAction[], lastsMs: number): PlannedTrouble[] {
  const planned: PlannedTrouble[] = []
  let deck: FaultAction[] = []
  for (let at = FIRST_MS; at < lastsMs - LAST_TROUBLE_MS; at += 700 + whole(random, 4_000)) {
    if (deck.length === 0) deck = shuffled(kinds, random)
    const action = deck.pop()
    if (action) planned.push({ at, times: 1 + whole(random, 2), do: action })
  }
  return planned
}
