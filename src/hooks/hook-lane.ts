import { setTimeout as sleep } from 'node:timers/promises'
import { type Budget, createBudget } from './budget.ts'
import { type AskCrm, type CrmQuestions, createCrmQuestions, type QuestionLimits } from './crm-questions.ts'
import { HookFailed, HookInterrupted } from './errors.ts'
import { type HookThread, startHookThread } from './hook-thread.ts'
import type { FromThread } from './messages.ts'
import type { HookPoint } from './points.ts'

export interface HookLaneOptions {
  readonly files: ReadonlyMap<HookPoint, string>
  readonly memoryMegabytes: number
  readonly limits: () => QuestionLimits
  readonly ask: AskCrm
  readonly says: (point: HookPoint | undefined, text: string) => void
  /** Something that no run waits for went wrong. */
  readonly trouble: (why: string) => void
}

export interface RunLimit {
  readonly ms: number
  /** Waiting for the CRM counts, too: somebody waits. */
  readonly hard: boolean
}

/** One thread of hooks, kept running: it is started anew when it dies or hangs. */
export interface HookLane {
  /** Hooks that could not be loaded, and why. */
  broken(): ReadonlyMap<HookPoint, string>
  /** The hook's answer as JSON, empty when it returned nothing. @throws HookFailed */
  run(point: HookPoint, input: unknown, limit: RunLimit): Promise<string>
  /** Ends when nobody waits for an answer any more. */
  retire(): Promise<void>
  end(): Promise<void>
}

interface Run {
  readonly point: HookPoint
  readonly limit: RunLimit
  readonly answer: PromiseWithResolvers<string>
  readonly budget: Budget
  readonly questions: CrmQuestions
}

/** So many run at once; waiting for the CRM is most of what they do. */
const AT_ONCE = 8
/** A thread that dies at once again and again is not to keep a core busy. */
const RESTART_MS = [0, 1_000, 5_000, 30_000] as const
const STEADY_MS = 60_000

/** @throws Error when no thread can be started */
export async function startHookLane(options: HookLaneOptions): Promise<HookLane> {
  const { files, memoryMegabytes, limits, ask, says, trouble } = options
  const runs = new Map<number, Run>()
  const queue: (() => void)[] = []
  let busy = 0
  let count = 0
  let lastBegun = 0
  let ended = false
  let deaths = 0
  let startedAt = 0
  let broken: ReadonlyMap<HookPoint, string> = new Map()
  let thread: HookThread | undefined
  let starting: Promise<void> | undefined
  const ending = new AbortController()

  const settle = (id: number, how: (run: Run) => void): void => {
    const run = runs.get(id)
    if (!run) return
    runs.delete(id)
    run.budget.end()
    run.questions.end()
    how(run)
  }

  const answerQuestion = async (asked: FromThread & { readonly kind: 'asks' }, from: () => HookThread | undefined) => {
    const run = runs.get(asked.run)
    try {
      if (!run) throw new Error('the time of this hook is up')
      const answer: unknown = await run.questions.ask(asked.method, asked.path, asked.body)
      from()?.send({ kind: 'told', ask: asked.ask, answer })
    } catch (error) {
      from()?.send({ kind: 'refused', ask: asked.ask, why: error instanceof Error ? error.message : String(error) })
    }
  }

  const begin = async (): Promise<void> => {
    startedAt = performance.now()
    let own: HookThread | undefined
    own = await startHookThread({
      files,
      memoryMegabytes,
      events: {
        begun: (id) => {
          lastBegun = id
        },
        answered: (id, answer) => settle(id, (run) => run.answer.resolve(answer)),
        threw: (id, why) => settle(id, (run) => run.answer.reject(new HookFailed(why))),
        asks: (asked) => void answerQuestion(asked, () => own),
        says,
        stray: trouble,
        died: (why) => {
          if (own !== thread) return
          trouble(`the thread of the hooks died: ${why}`)
          restart()
        },
      },
    })
    broken = own.broken
    thread = own
    if (ended) await own.end()
  }

  const restart = (): void => {
    if (ended || starting) return
    const dead = thread
    thread = undefined
    deaths = performance.now() - startedAt > STEADY_MS ? 1 : deaths + 1
    for (const id of [...runs.keys()]) {
      settle(id, (run) => run.answer.reject(new HookInterrupted('its thread was started anew')))
    }
    starting = again(dead).finally(() => {
      starting = undefined
    })
  }

  const again = async (dead: HookThread | undefined): Promise<void> => {
    await dead?.end()
    const pause = RESTART_MS[Math.min(deaths, RESTART_MS.length) - 1] ?? 0
    if (pause > 0) await sleep(pause, undefined, { signal: ending.signal }).catch(() => undefined)
    if (ended) return
    try {
      await begin()
    } catch (error) {
      trouble(`the thread of the hooks cannot be started: ${String(error)}`)
    }
  }

  /**
   * A run is over its time. Where a loop holds the thread, the run that began last is at fault: the others have hardly begun, and are asked
   * again in a new thread, unless somebody waits for them.
   */
  const late = async (id: number, point: HookPoint, limit: RunLimit): Promise<void> => {
    const holder = thread
    const isOver = () => {
      holder?.send({ kind: 'forget', run: id })
      settle(id, (run) => run.answer.reject(new HookFailed(`it took longer than ${limit.ms} ms`)))
    }
    if (limit.hard || !holder) isOver()
    const alive = await holder?.isAlive()
    if (alive !== false || id === lastBegun) isOver()
    if (alive !== false || holder !== thread) return
    trouble(`a loop holds the thread of the hooks (${point} was late); it is started anew`)
    restart()
  }

  const runOnce = async (point: HookPoint, input: unknown, limit: RunLimit): Promise<string> => {
    count += 1
    const id = count
    const answer = Promise.withResolvers<string>()
    const budget = createBudget(limit.ms, () => void late(id, point, limit))
    const questions = createCrmQuestions(ask, limits(), (isWaiting) => {
      if (!limit.hard) isWaiting ? budget.pause() : budget.resume()
    })
    runs.set(id, { point, limit, answer, budget, questions })
    // A run that comes while the thread is started anew waits for it with its own time.
    await Promise.race([starting, answer.promise.catch(() => undefined)])
    if (runs.has(id)) {
      if (thread) thread.send({ kind: 'run', run: id, point, input })
      else settle(id, (run) => run.answer.reject(new HookFailed('the thread of the hooks does not run')))
    }
    return answer.promise
  }

  /** Where somebody waits, there is no queue. */
  const turn = async ({ hard }: RunLimit): Promise<void> => {
    busy += 1
    if (busy > AT_ONCE && !hard) await new Promise<void>((resolve) => queue.push(resolve))
  }
  const done = (): void => {
    busy -= 1
    queue.shift()?.()
  }

  const end = async (): Promise<void> => {
    ended = true
    ending.abort()
    for (const id of [...runs.keys()]) settle(id, (run) => run.answer.reject(new HookFailed('the service ends')))
    await starting
    await thread?.end()
  }

  await begin()
  return {
    broken: () => broken,
    run: async (point, input, limit) => {
      await turn(limit)
      try {
        return await runOnce(point, input, limit).catch((error) => {
          if (error instanceof HookInterrupted && !ended && !limit.hard) return runOnce(point, input, limit)
          throw error
        })
      } finally {
        done()
      }
    },
    retire: async () => {
      while (busy > 0) await sleep(50)
      await end()
    },
    end,
  }
}
