import { type Sandbox, type SandboxOptions, startSandbox } from './sandbox.ts'

/** What came back, read without any knowledge of amoCRM. */
export interface Reply {
  readonly status: number
  readonly type: string
  readonly text: string
  /** Parsed body; undefined when it is no JSON. Tests look into it with `pick`. */
  readonly json: unknown
  readonly headers: Headers
}

export type Call = (method: string, path: string, body?: unknown, token?: string) => Promise<Reply>

export interface VirtualClock {
  now: () => number
  advance(ms: number): void
}

/** Stands still unless moved. */
export function virtualClock(start = Date.parse('2026-11-20T08:00:00Z')): VirtualClock {
  let at = start
  return {
    now: () => at,
    advance(ms) {
      at += ms
    },
  }
}

/** A sandbox on a virtual clock and a client for it; the rate limit is out of the way unless a test asks for it. */
export async function testSandbox(options: SandboxOptions = {}) {
  const clock = virtualClock()
  const sandbox = await startSandbox({ clock: clock.now, queryLagMs: 0, rateLimit: { perSecond: 1000 }, ...options })
  const advance = (ms: number) => {
    clock.advance(ms)
    sandbox.tick()
  }
  return { sandbox, call: client(sandbox), advance, seconds: () => Math.floor(clock.now() / 1000) }
}

export function client(sandbox: Sandbox): Call {
  return async (method, path, body, token = sandbox.token) => {
    const response = await fetch(sandbox.url + path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return {
      status: response.status,
      type: response.headers.get('content-type') ?? '',
      text,
      json: parse(text),
      headers: response.headers,
    }
  }
}

/** What stands under a dotted path, `undefined` when there is nothing. */
export function pick(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value)
}

/** `code path` of every validation error, item by item. */
export function flaws(reply: Reply): string[] {
  return list(reply.json, 'validation-errors').flatMap((failure) =>
    list(failure, 'errors').map(
      (error) => `${pick(failure, 'request_id')}: ${pick(error, 'code')} ${pick(error, 'path')}`,
    ),
  )
}

export function list(value: unknown, path: string): readonly unknown[] {
  const found = pick(value, path)
  return Array.isArray(found) ? found : []
}

export function ids(reply: Reply, key: string): unknown[] {
  return list(reply.json, `_embedded.${key}`).map((entry) => pick(entry, 'id'))
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
