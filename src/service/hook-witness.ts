import { BoundedMap } from '../calls/bounded-map.ts'
import type { HookOutcome } from '../hooks/hooks.ts'
import type { HookPoint } from '../hooks/points.ts'
import type { Decision, Decisions } from '../store/crm-state-ports.ts'

export interface HookWitnessDeps {
  readonly pbx: string
  readonly decisions: Pick<Decisions, 'add'>
  readonly log: { warn(fields: object, message: string): void }
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** Writes down what hooks did to a call, and what they failed to do. */
export interface HookWitness extends AsyncDisposable {
  tell(point: HookPoint, callId: string | undefined, before: unknown, outcome: HookOutcome): void
}

/** A job that is tried again asks its hook again, and a card its own at each ring: what is the same is told once. */
const REMEMBERED = 2_000

export function createHookWitness({ pbx, decisions, log, now }: HookWitnessDeps): HookWitness {
  const told = new BoundedMap<string, true>(REMEMBERED)
  const writing = new Set<Promise<void>>()

  const keep = (callId: string, decision: Decision): void => {
    const key = JSON.stringify([callId, decision.code, decision.facts])
    if (told.has(key)) return
    told.set(key, true)
    const kept = decisions.add(pbx, callId, [decision]).catch((error: unknown) => {
      log.warn({ call: callId, error: String(error) }, 'what a hook did could not be kept beside the call')
    })
    writing.add(kept)
    void kept.finally(() => writing.delete(kept))
  }

  return {
    tell: (point, callId, before, outcome) => {
      if (outcome.kind === 'unchanged') return
      if (outcome.kind === 'failed' && !outcome.resting)
        log.warn({ hook: point, call: callId, error: outcome.why }, 'a hook failed; the call goes on without it')
      if (callId !== undefined) keep(callId, { at: now(), about: 'hook', ...decisionOf(point, before, outcome) })
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(writing)
    },
  }
}

function decisionOf(
  hook: HookPoint,
  before: unknown,
  outcome: Exclude<HookOutcome, { readonly kind: 'unchanged' }>,
): Pick<Decision, 'code' | 'facts'> {
  if (outcome.kind === 'failed') {
    return outcome.resting
      ? { code: 'resting', facts: { hook } }
      : { code: 'failed', facts: { hook, error: outcome.why } }
  }
  const { value } = outcome
  if (hook === 'need-registration') {
    return { code: 'refused', facts: { hook, ...(typeof value === 'string' && { reason: value }) } }
  }
  return { code: 'changed', facts: { hook, what: changesIn(before, value) } }
}

/** Names of what has changed; the value itself where it has no parts. */
function changesIn(before: unknown, after: unknown): string {
  if (typeof after !== 'object' || after === null) return String(after)
  const old: Readonly<Record<string, unknown>> = typeof before === 'object' && before !== null ? { ...before } : {}
  return Object.entries(after)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(old[name]))
    .map(([name]) => name)
    .join(', ')
}
