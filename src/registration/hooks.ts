import type { EntityRef } from '../crm/port.ts'
import type { CallFacts } from './call-facts.ts'
import type { HookPoint, HookValues } from './hook-points.ts'
import { changedValue } from './hook-values.ts'

/** What a script is told beside the value. */
export interface HookContext {
  readonly call: CallFacts
  /** Whom the call is with, once that is known. */
  readonly client?: EntityRef
}

/** Customers' scripts as registration sees them. */
export interface RegistrationHooks {
  /** Whether anybody is there to be asked: what nobody changes needs no job. */
  has(point: HookPoint): boolean
  /** What the script makes of the value, whatever it is: who asks checks it. A failure may reject or answer undefined. */
  run<Point extends HookPoint>(point: Point, value: HookValues[Point], context: HookContext): Promise<unknown>
}

/** Nobody has written any. */
export const noHooks: RegistrationHooks = { has: () => false, run: async (_point, value) => value }

/** The value as the point's script changed it; the value itself where there is none, it failed, or what it answered cannot be used. */
export async function hooked<Point extends HookPoint>(
  hooks: RegistrationHooks,
  point: Point,
  value: HookValues[Point],
  context: HookContext,
): Promise<HookValues[Point]> {
  if (!hooks.has(point)) return value
  try {
    return changedValue(point, value, await hooks.run(point, value, context))
  } catch {
    // The room of the hooks logs its own failures; the call goes on as if there were no script.
    return value
  }
}
