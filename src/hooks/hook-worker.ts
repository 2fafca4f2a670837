import { enableCompileCache } from 'node:module'
import { parse } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'
import type { HookTools } from './hook.ts'
import type { FromThread, ThreadData, ToThread } from './messages.ts'

// The thread that customers' hooks run in. It has no secrets, no environment and little memory, and imports nothing of the house.

type AnyHook = (input: unknown, tools: HookTools) => unknown

/** A hook that answers more has lost its way. */
const LONGEST_ANSWER = 256 * 1024

const hooks = new Map<string, AnyHook>()
const ending = new Map<number, AbortController>()
const asked = new Map<number, PromiseWithResolvers<unknown>>()
let asks = 0

const { files, compileCache } = workerData as ThreadData
const say = (message: FromThread): void => parentPort?.postMessage(message)

process.on('uncaughtException', (error) => say({ kind: 'stray', why: told(error) }))
process.on('unhandledRejection', (error) => say({ kind: 'stray', why: told(error) }))
if (compileCache !== undefined) enableCompileCache(compileCache)

for (const { point, file } of files) {
  say({ kind: 'loading', point: point as never })
  try {
    const loaded: { readonly default?: unknown; readonly hook?: unknown } = await import(pathToFileURL(file).href)
    const hook = loaded.default ?? loaded.hook
    if (typeof hook !== 'function') throw new TypeError('its default export must be a function')
    hooks.set(point, hook as AnyHook)
  } catch (error) {
    say({ kind: 'not-loaded', point: point as never, why: told(error) })
  }
}
parentPort?.on('message', (message: ToThread) => take(message))
say({ kind: 'ready' })

function take(message: ToThread): void {
  switch (message.kind) {
    case 'run':
      void run(message.run, message.point, message.input)
      break
    case 'forget':
      ending.get(message.run)?.abort(new Error('the time of this hook is up'))
      break
    case 'told':
      asked.get(message.ask)?.resolve(message.answer)
      asked.delete(message.ask)
      break
    case 'refused':
      asked.get(message.ask)?.reject(new Error(message.why))
      asked.delete(message.ask)
      break
    case 'ping':
      say({ kind: 'pong', ping: message.ping })
      break
    default:
      message satisfies never
  }
}

async function run(id: number, point: string, input: unknown): Promise<void> {
  const end = new AbortController()
  ending.set(id, end)
  say({ kind: 'begun', run: id })
  try {
    const answer = await hooks.get(point)?.(input, toolsFor(id, point, end.signal))
    const json = answer === undefined ? '' : JSON.stringify(answer)
    if (json === undefined) throw new TypeError(`it returned a ${typeof answer}`)
    if (json.length > LONGEST_ANSWER) throw new RangeError('it returned more than 256 KB')
    say({ kind: 'answered', run: id, answer: json })
  } catch (error) {
    say({ kind: 'threw', run: id, why: told(error) })
  } finally {
    ending.delete(id)
  }
}

function toolsFor(id: number, point: string, signal: AbortSignal): HookTools {
  const ask = (method: 'GET' | 'POST' | 'PATCH', path: string, body?: unknown): Promise<unknown> => {
    asks += 1
    const answer = Promise.withResolvers<unknown>()
    asked.set(asks, answer)
    // JSON, as the CRM will get it: a class or a function in it would not travel.
    const plain: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body))
    say({ kind: 'asks', run: id, ask: asks, method, path: String(path), body: plain })
    return answer.promise
  }
  return {
    crm: {
      get: (path) => ask('GET', path),
      post: (path, body) => ask('POST', path, body),
      patch: (path, body) => ask('PATCH', path, body),
    },
    log: (text) => say({ kind: 'says', point: point as never, text: String(text) }),
    signal,
  }
}

/** The error, and where in a customer's file it was thrown. */
function told(error: unknown): string {
  if (!(error instanceof Error)) return `threw ${String(error)}`
  const own = files.map(({ file }) => parse(file).dir)
  const frame = error.stack?.split('\n').find((line) => own.some((directory) => line.includes(`${directory}/`)))
  const place = /([^/]+:\d+(?::\d+)?)\)?$/.exec(frame ?? '')?.[1]
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place})`}`
}
