import { setTimeout as sleep } from 'node:timers/promises'
import type { Lab } from '../lab/lab.ts'

/** One step of a call as Asterisk's own CEL tells it. */
export interface Step {
  /** Epoch milliseconds. */
  readonly at: number
  readonly event: string
  readonly context: string
  readonly app: string
  readonly data: string
  readonly channel: string
}

/** Every CEL row of the calls from this number, by linkedid, in order. The lab must run with `cel: 'fractions'`. */
export async function stepsOf(lab: Lab, from: string): Promise<readonly Step[]> {
  const rows = await lab.cel()
  const linkedids = new Set(rows.filter((row) => row['cid_num'] === from).map((row) => row['linkedid']))
  return rows.filter((row) => linkedids.has(row['linkedid'])).map(stepOf)
}

/** The steps once `complete` holds; rows are written some time after the fact. */
export async function stepsUntil(
  lab: Lab,
  from: string,
  complete: (steps: readonly Step[]) => boolean,
): Promise<readonly Step[]> {
  for (const deadline = Date.now() + 15_000; ; ) {
    const steps = await stepsOf(lab, from)
    if (complete(steps)) return steps
    if (Date.now() > deadline) throw new Error(`CEL of ${from} is not as awaited:\n${steps.map(lineOf).join('\n')}`)
    await sleep(100)
  }
}

/** The applications the caller's channel ran, `Dial@default-route PJSIP/101,20,tT` each. */
export function applications(steps: readonly Step[]): readonly string[] {
  return steps.filter(({ event }) => event === 'APP_START').map(({ app, context, data }) => `${app}@${context} ${data}`)
}

/** When an application was started in a context. */
export function startOf(steps: readonly Step[], app: string, context: string): number {
  const step = steps.find((one) => one.event === 'APP_START' && one.app === app && one.context === context)
  if (!step) throw new Error(`no ${app} in ${context}:\n${steps.map(lineOf).join('\n')}`)
  return step.at
}

/** Seconds of the PBX's own limit that were left when the call came back from `callweave-in`, as its dialplan noted them. */
export async function limitLeft(lab: Lab, from: string): Promise<number> {
  for (const deadline = Date.now() + 10_000; Date.now() < deadline; await sleep(100)) {
    const row = (await lab.cel()).find((one) => one['userdeftype'] === 'left' && one['exten'] === from)
    if (row) return Number(String(row['appdata']).split(',')[1])
  }
  throw new Error('the limit was never told')
}

function stepOf(row: Record<string, unknown>): Step {
  const text = (name: string) => String(row[name] ?? '')
  return {
    at: Date.parse(`${text('eventtime').replace(' ', 'T')}Z`),
    // A user event carries its own name in both columns.
    event: text('userdeftype') === '' ? text('eventtype') : `USER ${text('userdeftype')}`,
    context: text('context'),
    app: text('appname'),
    data: text('appdata'),
    channel: text('channame'),
  }
}

function lineOf({ at, event, context, app, data }: Step): string {
  return `${new Date(at).toISOString()} ${event} ${context} ${app}(${data})`
}
