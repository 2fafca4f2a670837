import fc from 'fast-check'

/** One thing that may happen in a PBX. Picks are taken modulo what there is to pick from; what is impossible at that moment does not happen. */
export interface Command {
  readonly kind: CommandKind
  /** Milliseconds since the one before. */
  readonly after: number
  /** Which channel. */
  readonly who: number
  /** Which other channel, bridge, extension, number or cause. */
  readonly what: number
}

const WEIGHTS = {
  'client arrives': 3,
  'person arrives': 2,
  'stranger arrives': 1,
  'person is dialled': 5,
  'number is dialled': 3,
  'Local is dialled': 2,
  rings: 2,
  answers: 6,
  'dial fails': 2,
  'two are bridged': 5,
  'enters a bridge': 3,
  'leaves its bridge': 3,
  'joins a room': 2,
  holds: 2,
  unholds: 2,
  'presses a digit': 1,
  'executes an application': 2,
  'opts out': 1,
  'is transferred blindly': 2,
  'is transferred attended': 2,
  'is picked up': 1,
  'changes its linkedid': 1,
  'is recorded': 1,
  'hangs up': 5,
  'time passes': 1,
} as const

export type CommandKind = keyof typeof WEIGHTS

const kinds: fc.Arbitrary<CommandKind> = fc.oneof(
  ...Object.entries(WEIGHTS).map(([kind, weight]) => ({ arbitrary: fc.constant(kind as CommandKind), weight })),
)

/** Around everything that the fold measures time by: one instant, a rebuilt bridge (200 ms), settling (2 s). */
const pauses = fc.constantFrom(0, 0, 0, 1, 30, 199, 200, 201, 700, 1_999, 2_000, 2_001, 5_000, 60_000)

/** What may happen in one PBX, in the order in which it does. */
export const commands: fc.Arbitrary<readonly Command[]> = fc.array(
  fc.record({ kind: kinds, after: pauses, who: fc.nat(11), what: fc.nat(11) }),
  { minLength: 1, maxLength: 60, size: 'max' },
)
