import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))

/** One line of the service's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string }

/** `callweave run` as a process of its own: what a PBX would run, and what can be stopped and killed like it. */
export interface ServiceProcess extends AsyncDisposable {
  readonly pid: number
  /** The log so far. */
  readonly log: readonly LogLine[]
  /** Resolves with the first line, past or to come, that fits. @throws when none came in time or the process ended. */
  waitForLog(fits: (line: LogLine) => boolean, timeoutMs: number): Promise<LogLine>
  status(path?: string): Promise<unknown>
  waitReady(timeoutMs: number): Promise<void>
  signal(name: NodeJS.Signals): void
  /** SIGTERM, and the exit code it ends with. */
  stop(): Promise<number | null>
}

export interface ServiceProcessOptions {
  readonly configFile: string
  readonly port: number
  /** What is run; default: the command line. */
  readonly program?: string
  readonly onLine?: (line: LogLine) => void
}

export function startServiceProcess(options: ServiceProcessOptions): ServiceProcess {
  const { configFile, port, program = main, onLine } = options
  const child = spawn(process.execPath, [program, 'run', '--config', configFile], { stdio: ['ignore', 'pipe', 'pipe'] })
  const log: LogLine[] = []
  const stderr: string[] = []
  const waiters = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    const line = parse(text)
    log.push(line)
    onLine?.(line)
    for (const wake of waiters) wake()
  })
  child.stderr.on('data', (data) => stderr.push(String(data)))
  child.once('exit', () => {
    for (const wake of waiters) wake()
  })
  const ended = () => child.exitCode !== null || child.signalCode !== null
  const trouble = () =>
    `${stderr.join('').slice(-2_000)}\n${log
      .slice(-15)
      .map((line) => JSON.stringify(line))
      .join('\n')}`

  const waitForLog = async (fits: (line: LogLine) => boolean, timeoutMs: number): Promise<LogLine> => {
    const deadline = Date.now() + timeoutMs
    for (let read = 0; ; ) {
      for (; read < log.length; read++) {
        const line = log[read]
        if (line && fits(line)) return line
      }
      if (ended()) throw new Error(`the service ended (${child.exitCode ?? child.signalCode})\n${trouble()}`)
      if (Date.now() > deadline)
        throw new Error(`no such line in the service's log after ${timeoutMs} ms\n${trouble()}`)
      const { promise, resolve } = Promise.withResolvers<void>()
      waiters.add(resolve)
      await Promise.race([promise, sleep(Math.min(200, timeoutMs))])
      waiters.delete(resolve)
    }
  }

  const url = `http://127.0.0.1:${port}`
  const waitReady = async (timeoutMs: number): Promise<void> => {
    const deadline = Date.now() + timeoutMs
    for (;;) {
      const answer = await fetch(`${url}/readyz`).catch(() => undefined)
      await answer?.arrayBuffer()
      if (answer?.status === 200) return
      if (ended() || Date.now() > deadline) throw new Error(`the service is not ready\n${trouble()}`)
      await sleep(25)
    }
  }

  return {
    pid: pidOf(child),
    log,
    waitForLog,
    waitReady,
    status: async (path = '') => (await fetch(`${url}/status?path=${path}`)).json(),
    signal: (name) => void child.kill(name),
    stop: async () => {
      if (!ended()) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      return child.exitCode
    },
    [Symbol.asyncDispose]: async () => {
      if (ended()) return
      const gone = once(child, 'exit')
      // A process that a test has stopped hears no SIGTERM.
      child.kill('SIGCONT')
      child.kill('SIGTERM')
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
      await gone
      clearTimeout(late)
    },
  }
}

function parse(text: string): LogLine {
  try {
    return JSON.parse(text)
  } catch {
    return { msg: text }
  }
}

function pidOf(child: ChildProcess): number {
  if (child.pid === undefined) throw new Error('the service could not be started')
  return child.pid
}
