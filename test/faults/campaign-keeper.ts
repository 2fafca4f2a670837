import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type LogLine, type ServiceProcess, startServiceProcess } from '../stage/service-process.ts'

const program = fileURLToPath(new URL('../stage/impatient-service.ts', import.meta.url))
/** Debian's package `faketime`. */
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1'
/** What errors that must never happen say. */
const OWN_DEFECT = 'This is an error in Callweave'

/** Does what systemd does: starts the service anew when it ended. Ends that nobody ordered are counted. */
export interface ServiceKeeper extends AsyncDisposable {
  start(): void
  kill(): Promise<void>
  stop(): Promise<void>
  freeze(): void
  thaw(): void
  /** Whether the machine can give the service a clock of its own. */
  readonly hasClock: boolean
  /** From now on its clock is so many seconds ahead. */
  setClock(seconds: number): void
  /** Undefined while there is none, or it does not answer. */
  status(path: string): Promise<unknown>
  readonly diedUnordered: readonly string[]
  /** Lines of the log in which the service calls itself defective. */
  readonly defects: readonly string[]
}

export interface KeeperOptions {
  readonly configFile: string
  readonly port: number
  /** The service's log goes here. */
  readonly logFile: string
  readonly clockFile: string
}

export function createKeeper({ configFile, port, logFile, clockFile }: KeeperOptions): ServiceKeeper {
  const hasClock = existsSync(FAKETIME)
  const setClock = (seconds: number): void => writeFileSync(clockFile, `${seconds >= 0 ? '+' : ''}${seconds}\n`)
  setClock(0)
  const diedUnordered: string[] = []
  let current: ServiceProcess | undefined
  const defects: string[] = []
  const write = (line: LogLine): void => {
    const text = JSON.stringify(line)
    appendFileSync(logFile, `${text}\n`)
    if (line['level'] === 'fatal' || text.includes(OWN_DEFECT)) defects.push(text.slice(0, 600))
  }

  const start = (): void => {
    const service = withClock(hasClock ? clockFile : undefined, () =>
      startServiceProcess({ configFile, port, program, onLine: write }),
    )
    current = service
    void ended(service).then(async (why) => {
      write({ msg: 'campaign: the service ended', why })
      if (current !== service) return
      diedUnordered.push(why)
      await sleep(1_000)
      if (current === service) start()
    })
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const service = current
    current = undefined
    if (!service) return
    const gone = ended(service)
    service.signal(signal)
    await gone
  }
  return {
    start,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    freeze: () => current?.signal('SIGSTOP'),
    thaw: () => current?.signal('SIGCONT'),
    hasClock,
    setClock,
    status: async (path) => current?.status(path).catch(() => undefined),
    diedUnordered,
    defects,
    [Symbol.asyncDispose]: async () => {
      current?.signal('SIGCONT')
      await end('SIGTERM')
    },
  }
}

/** How the process ended, with its last words. */
async function ended(service: ServiceProcess): Promise<string> {
  for (;;) {
    try {
      await service.waitForLog(() => false, 3_600_000)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message.startsWith('the service ended')) return message.slice(0, 1_500)
    }
  }
}

/** A child takes this process's environment along, so it is changed for that moment. */
function withClock<T>(clockFile: string | undefined, start: () => T): T {
  if (clockFile === undefined) return start()
  const variables = {
    LD_PRELOAD: FAKETIME,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  }
  Object.assign(process.env, variables)
  try {
    return start()
  } finally {
    for (const name of Object.keys(variables)) delete process.env[name]
  }
}
