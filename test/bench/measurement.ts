import type { BenchPbx } from './bench-pbx.ts'

/** One line of the table: our figure, and what it is compared with in the same run. */
export interface Figure {
  readonly what: string
  /** `ms`, `µs`, `MB`, `/s`, or empty for a plain number. */
  readonly unit: string
  readonly ours: number
  readonly baseline?: { readonly what: string; readonly value: number }
  /** What an issue asks for: of our figure, or of ours divided by the baseline. Exactly one bound. */
  readonly target?: { readonly of: 'ours' | 'ratio'; readonly most?: number; readonly least?: number }
}

export interface Findings {
  readonly figures: readonly Figure[]
  /** How the figures came about: counts, rates, what was left out. A sentence each. */
  readonly notes: readonly string[]
}

/** What a measurement is given. */
export interface Bench {
  /** A smoke test: everything happens, with too few repetitions to believe the figures. */
  readonly quick: boolean
  readonly signal: AbortSignal
  say(line: string): void
  /** The PBX, the CRM and the dialplan of the bench, started when they are first asked for. */
  pbx(): Promise<BenchPbx>
  /** A folder of its own, removed when the bench ends. */
  directory(): Promise<string>
}

export interface Measurement {
  /** kebab-case; also the name of its place in `docs/benchmarks.md`. */
  readonly name: string
  readonly title: string
  run(bench: Bench): Promise<Findings>
}

/** Ours divided by the baseline. */
export function ratioOf({ ours, baseline }: Figure): number | undefined {
  return baseline && ours / baseline.value
}

/** Undefined when nothing was asked for. */
export function isMet(figure: Figure): boolean | undefined {
  const { target } = figure
  if (!target) return undefined
  const value = target.of === 'ours' ? figure.ours : ratioOf(figure)
  if (value === undefined || !Number.isFinite(value)) return false
  return value <= (target.most ?? Number.POSITIVE_INFINITY) && value >= (target.least ?? Number.NEGATIVE_INFINITY)
}
