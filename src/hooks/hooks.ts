import { takeAnswer } from './answers.ts'
import type { AskCrm, QuestionLimits } from './crm-questions.ts'
import { type HookLane, startHookLane } from './hook-lane.ts'
import type { HookLog } from './hook-log.ts'
import { createTally, type HookCounts } from './hook-tally.ts'
import { type HookPoint, hookPoints, type HookLane as LaneName, laneOf } from './points.ts'
import { createStreaks } from './streaks.ts'
import { type HookSurvey, surveyHooks } from './survey.ts'

export interface HookSettings extends QuestionLimits {
  /** What a hook may take. */
  readonly seconds: number
  /** The same where a caller waits for the dialplan. */
  readonly routingSeconds: number
  readonly restAfter: number
  readonly restSeconds: number
  /** Heap of one thread; read when it is started. */
  readonly memoryMegabytes: number
}

export interface HooksDeps {
  readonly directory: string
  /** User ids that may own hooks: root and the service. */
  readonly owners: ReadonlySet<number>
  readonly settings: () => HookSettings
  readonly ask: AskCrm
  readonly log: HookLog
  /** Epoch milliseconds. */
  readonly now: () => number
  /** How often the directory is looked at. */
  readonly lookMs?: number
}

/** What became of a question to a hook. */
export type HookOutcome =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'changed'; readonly value: unknown }
  /** The value goes on as it was. */
  | { readonly kind: 'failed'; readonly why: string; readonly resting: boolean }

/** Customers' hooks, as they lie in their directory at this moment. */
export interface Hooks extends AsyncDisposable {
  /** Whether there is a hook that can be asked. */
  has(point: HookPoint): boolean
  /** Asks it. Never rejects; a point without a hook changes nothing. */
  run(point: HookPoint, value: unknown, input: unknown): Promise<HookOutcome>
  status(): Readonly<Record<string, HookCounts>>
}

const LOOK_MS = 2_000

/** Loads what is there and follows its changes: a new thread begins, the old one ends when it has answered. Without hooks there is no thread. */
export async function createHooks(deps: HooksDeps): Promise<Hooks> {
  const { directory, owners, settings, ask, log, now, lookMs = LOOK_MS } = deps
  const tally = createTally()
  const streaks = createStreaks(() => ({
    restAfter: settings().restAfter,
    restMs: settings().restSeconds * 1000,
  }))
  let lanes: ReadonlyMap<LaneName, HookLane> = new Map()
  let files: ReadonlyMap<HookPoint, string> = new Map()
  let stamp = ''
  let seen = ''
  let ended = false
  const retiring = new Set<Promise<void>>()

  const startLane = async (own: ReadonlyMap<HookPoint, string>): Promise<HookLane | undefined> => {
    try {
      return await startHookLane({
        files: own,
        memoryMegabytes: settings().memoryMegabytes,
        limits: settings,
        ask,
        says: (point, text) => log.info({ hook: point, text }, 'a hook says'),
        trouble: (why) => log.error({ error: why }, 'hooks are in trouble'),
      })
    } catch (error) {
      log.error({ error: String(error) }, 'the thread of the hooks cannot be started; calls go on without them')
      return undefined
    }
  }

  const load = async (survey: HookSurvey): Promise<void> => {
    const fresh = new Map<LaneName, HookLane>()
    for (const name of ['live', 'records'] as const) {
      const own = new Map([...survey.files].filter(([point]) => laneOf(point) === name))
      const lane = own.size > 0 ? await startLane(own) : undefined
      if (lane) fresh.set(name, lane)
    }
    const broken = new Map([...fresh.values()].flatMap((lane) => [...lane.broken()]))
    const before = lanes
    lanes = fresh
    files = new Map([...survey.files].filter(([point]) => fresh.has(laneOf(point)) && !broken.has(point)))
    stamp = survey.stamp
    streaks.forget()
    for (const lane of before.values()) retire(lane)
    tell(survey, broken)
  }

  const retire = (lane: HookLane): void => {
    const going = lane.retire()
    retiring.add(going)
    void going.finally(() => retiring.delete(going))
  }

  const tell = (survey: HookSurvey, broken: ReadonlyMap<HookPoint, string>): void => {
    tally.loaded([...files.keys()])
    for (const { point, why } of survey.problems) {
      if (point !== undefined) tally.refused(point, why)
      log.error({ hook: point, error: why }, 'a hook is not run')
    }
    const general = survey.problems.find(({ point }) => point === undefined)
    if (general) tally.refused('directory', general.why)
    for (const [point, why] of broken) {
      tally.refused(point, why)
      log.error({ hook: point, error: why }, 'a hook cannot be loaded; mend its file')
    }
    if (files.size > 0) log.info({ hooks: [...files.keys()], directory }, 'hooks are loaded')
  }

  const cannotLook = (error: unknown) =>
    log.error({ error: String(error), directory }, 'the directory of hooks cannot be looked at')

  /** A file that is being written changes again: only what stood still between two looks is loaded. */
  const look = async (): Promise<void> => {
    try {
      const survey = await surveyHooks(directory, owners)
      const stoodStill = survey.stamp === seen
      seen = survey.stamp
      if (!ended && stoodStill && survey.stamp !== stamp) await load(survey)
    } catch (error) {
      cannotLook(error)
    }
  }

  try {
    const first = await surveyHooks(directory, owners)
    seen = first.stamp
    if (first.stamp !== '') await load(first)
  } catch (error) {
    cannotLook(error)
  }
  let looking = Promise.resolve()
  let isLooking = false
  const timer = setInterval(() => {
    if (isLooking) return
    isLooking = true
    looking = look().finally(() => {
      isLooking = false
    })
  }, lookMs)

  const limitOf = (point: HookPoint) => {
    const { seconds, routingSeconds } = settings()
    return { ms: Math.round((point === 'routing' ? routingSeconds : seconds) * 1000), hard: laneOf(point) === 'live' }
  }

  const run: Hooks['run'] = async (point, value, input) => {
    const lane = files.has(point) ? lanes.get(laneOf(point)) : undefined
    if (!lane) return { kind: 'unchanged' }
    const until = streaks.restsUntil(point, now())
    if (until !== undefined) return { kind: 'failed', why: 'it rests after too many failures in a row', resting: true }
    const begun = performance.now()
    try {
      const answer = await lane.run(point, input, limitOf(point))
      const taken = takeAnswer(point, value, answer === '' ? undefined : JSON.parse(answer))
      tally.ran(point, performance.now() - begun)
      streaks.succeeded(point)
      return taken === undefined ? { kind: 'unchanged' } : { kind: 'changed', value: taken }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      tally.failed(point, performance.now() - begun, why)
      streaks.failed(point, now())
      if (streaks.restsUntil(point, now()) !== undefined)
        log.error({ hook: point, seconds: settings().restSeconds }, 'a hook fails again and again; it rests')
      return { kind: 'failed', why, resting: false }
    }
  }

  return {
    has: (point) => files.has(point),
    run,
    status: () => tally.status((point) => isResting(point)),
    [Symbol.asyncDispose]: async () => {
      ended = true
      clearInterval(timer)
      await looking
      await Promise.all([...lanes.values()].map((lane) => lane.end()))
      await Promise.all(retiring)
    },
  }

  function isResting(point: string): boolean {
    const known = hookPoints.find((each) => each === point)
    return known !== undefined && streaks.restsUntil(known, now()) !== undefined
  }
}
