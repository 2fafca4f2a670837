/** Where customers' hooks are asked. A point's name is the name of its file: `lead-creation.ts`. */
export const hookPoints = [
  'need-registration',
  'client-phone',
  'contact-creation',
  'unsorted-creation',
  'lead-creation',
  'task-creation',
  'call-parameters',
  'contact-update',
  'lead-update',
  'recording-path',
  'post-registration',
  'routing',
  'originate',
  'card',
] as const
export type HookPoint = (typeof hookPoints)[number]

/** Threads of their own, so that a script that hangs over a record keeps no caller waiting. */
export type HookLane = 'live' | 'records'

/** Somebody waits at the phone or at the screen: these get their time and no more, whatever they ask the CRM. */
const live: ReadonlySet<HookPoint> = new Set<HookPoint>(['routing', 'originate', 'card'])

export function laneOf(point: HookPoint): HookLane {
  return live.has(point) ? 'live' : 'records'
}

export function isHookPoint(name: string): name is HookPoint {
  return (hookPoints as readonly string[]).includes(name)
}
