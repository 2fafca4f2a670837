import { createInterface } from 'node:readline'
import { Worker } from 'node:worker_threads'
import { FromThread, type ThreadData, type ToThread } from './messages.ts'
import type { HookPoint } from './points.ts'

/** What a thread of hooks is told to do and tells. */
export interface ThreadEvents {
  begun(run: number): void
  answered(run: number, answer: string): void
  threw(run: number, why: string): void
  asks(request: FromThread & { readonly kind: 'asks' }): void
  says(point: HookPoint | undefined, text: string): void
  stray(why: string): void
  /** It has ended without being told to. */
  died(why: string): void
}

export interface ThreadOptions {
  readonly files: ReadonlyMap<HookPoint, string>
  readonly memoryMegabytes: number
  readonly events: ThreadEvents
}

/** A running thread whose hooks are loaded. */
export interface HookThread {
  /** Hooks that could not be loaded, and why. */
  readonly broken: ReadonlyMap<HookPoint, string>
  send(message: ToThread): void
  /** False when it does not answer: a loop holds it. */
  isAlive(): Promise<boolean>
  end(): Promise<void>
}

const LOAD_MS = 5_000
/** A thread that is merely busy answers within that. */
const PING_MS = 500

/**
 * Starts a thread with these hooks; one that hangs while it is loaded is left out of the next try.
 * @throws Error when no thread can be started
 */
export async function startHookThread(options: ThreadOptions): Promise<HookThread> {
  const files = new Map(options.files)
  const broken = new Map<HookPoint, string>()
  for (;;) {
    const started = await tryToStart({ ...options, files })
    if (started.kind === 'started') {
      return { ...started.thread, broken: new Map([...broken, ...started.thread.broken]) }
    }
    if (started.at === undefined) throw new Error(started.why)
    broken.set(started.at, `${started.why} while it was loaded`)
    files.delete(started.at)
  }
}

type Start =
  | { readonly kind: 'started'; readonly thread: HookThread }
  | { readonly kind: 'failed'; readonly why: string; readonly at: HookPoint | undefined }

async function tryToStart({ files, memoryMegabytes, events }: ThreadOptions): Promise<Start> {
  const workerData: ThreadData = {
    files: [...files].map(([point, file]) => ({ point, file })),
    compileCache: process.env['NODE_COMPILE_CACHE'],
  }
  const worker = new Worker(new URL('hook-worker.ts', import.meta.url), {
    name: 'callweave-hooks',
    workerData,
    env: {},
    // A directory of hooks needs no package.json.
    execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--disable-warning=ExperimentalWarning'],
    resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 },
    stdout: true,
    stderr: true,
  })
  const broken = new Map<HookPoint, string>()
  const pings = new Map<number, () => void>()
  const loaded = Promise.withResolvers<Start>()
  let loading: HookPoint | undefined
  let ended = false
  let isReady = false
  let count = 0

  const take = (message: FromThread): void => {
    switch (message.kind) {
      case 'loading':
        loading = message.point
        break
      case 'not-loaded':
        broken.set(message.point, message.why)
        break
      case 'ready':
        isReady = true
        loaded.resolve({ kind: 'started', thread })
        break
      case 'begun':
        events.begun(message.run)
        break
      case 'answered':
        events.answered(message.run, message.answer)
        break
      case 'threw':
        events.threw(message.run, message.why)
        break
      case 'asks':
        events.asks(message)
        break
      case 'says':
        events.says(message.point, message.text)
        break
      case 'stray':
        events.stray(message.why)
        break
      case 'pong':
        pings.get(message.ping)?.()
        break
      default:
        message satisfies never
    }
  }
  const gone = (why: string): void => {
    if (ended) return
    ended = true
    if (isReady) events.died(why)
    loaded.resolve({ kind: 'failed', why, at: loading })
  }
  worker.on('message', (message: unknown) => {
    const { data } = FromThread.safeParse(message)
    if (data) take(data)
  })
  worker.on('error', (error) => gone(error instanceof Error ? error.message : String(error)))
  worker.on('exit', () => gone('the thread ended'))
  for (const stream of [worker.stdout, worker.stderr]) {
    createInterface({ input: stream }).on('line', (line) => events.says(undefined, line.slice(0, 1000)))
  }
  const thread: HookThread = {
    broken,
    send: (message) => worker.postMessage(message),
    isAlive: async () => {
      count += 1
      const ping = count
      const { promise, resolve } = Promise.withResolvers<boolean>()
      pings.set(ping, () => resolve(true))
      const late = setTimeout(() => resolve(false), PING_MS)
      worker.postMessage({ kind: 'ping', ping } satisfies ToThread)
      const alive = await promise
      clearTimeout(late)
      pings.delete(ping)
      return alive
    },
    end: async () => {
      ended = true
      await worker.terminate()
    },
  }
  const late = setTimeout(() => {
    const at = loading
    ended = true
    void worker.terminate()
    loaded.resolve({ kind: 'failed', why: `it took longer than ${LOAD_MS / 1000} s`, at })
  }, LOAD_MS)
  const start = await loaded.promise
  clearTimeout(late)
  return start
}
