import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Sandbox, type SandboxOptions, startSandbox } from '../amocrm-sandbox/sandbox.ts'
import { type Lab, type LabOptions, startLab } from '../lab/lab.ts'
import { type CardListener, listenToCards } from './card-listener.ts'
import { type LogLine, type ServiceProcess, startServiceProcess } from './service-process.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const impatient = fileURLToPath(new URL('impatient-service.ts', import.meta.url))
const run = promisify(execFile)

/** Who works at the stage's company: extension → user of the sandbox's account. */
export const people = [
  { extension: '101', name: 'Анна Смирнова', user: 7_000_001, token: 'card-token-of-person-101' },
  { extension: '102', name: 'Борис Кузнецов', user: 7_000_002, token: 'card-token-of-person-102' },
  { extension: '103', name: 'Вера Орлова', user: 7_000_003, token: 'card-token-of-person-103' },
] as const

export interface StageOptions extends LabOptions {
  readonly sandbox?: SandboxOptions
  /** Laid over the stage's configuration, section by section. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Changes the configuration once the account is seeded: ids are known then. */
  readonly prepare?: (config: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>
  /** The service's door prefers this port; a free one when it is taken or left out. */
  readonly port?: number
  /** The second witness waits for seconds, not for minutes. */
  readonly impatient?: boolean
  readonly onLine?: (line: LogLine) => void
}

/** Everything a call needs to go from a client's phone to a note in the CRM: PBX, CRM, dialplan, configuration; the service when it is told to. */
export interface Stage extends AsyncDisposable {
  readonly lab: Lab
  readonly sandbox: Sandbox
  readonly configFile: string
  readonly port: number
  /** Starts the service on the same state as before; resolves when it is ready and its contact index is filled. */
  start(): Promise<ServiceProcess>
  cards(extension: string): Promise<CardListener>
  /** Waits until every call has ended and is told, and the outbox of the running service has nothing left to do. */
  settled(timeoutMs: number): Promise<void>
}

export async function setStage(options: StageOptions): Promise<Stage> {
  const { prepare = (config) => config } = options
  await using parts = new AsyncDisposableStack()
  const sandbox = parts.use(await startSandbox(options.sandbox))
  const lab = parts.use(await startLab(options))
  const directory = await mkdtemp(join(tmpdir(), 'callweave-stage-'))
  parts.defer(() => rm(directory, { recursive: true, force: true }))
  const port = await freePort(options.port ?? 0)
  const configFile = join(directory, 'config.json')
  await writeFile(
    configFile,
    JSON.stringify(prepare(configOf({ lab, sandbox, directory, port, changes: options.config ?? {} })), null, 2),
  )
  await run(process.execPath, [main, 'dialplan', '--install', '--config', configFile])
  await lab.reload()

  const running: ServiceProcess[] = []
  parts.defer(async () => {
    for (const service of running) await service[Symbol.asyncDispose]()
  })
  const start = async (): Promise<ServiceProcess> => {
    const service = startServiceProcess({
      configFile,
      port,
      ...(options.impatient && { program: impatient }),
      ...(options.onLine && { onLine: options.onLine }),
    })
    running.push(service)
    await service.waitReady(15_000)
    await eventually(
      async () => (await service.status('contactIndex.complete')) === true,
      15_000,
      'the contact index was not filled',
    )
    return service
  }
  const cards = (extension: string): Promise<CardListener> => {
    const person = people.find((one) => one.extension === extension)
    if (!person) throw new Error(`nobody on the stage has the extension ${extension}`)
    return listenToCards(port, person.token)
  }
  const quiet = async (): Promise<boolean> => {
    const service = running.at(-1)
    if (!service || (await service.status('calls.live')) !== 0) return false
    if ((await service.status('reconciliation.waiting')) !== 0) return false
    const counts = await service.status('outbox.counts')
    return isCounts(counts) && counts.waiting + counts.sending + counts.unproven === 0
  }
  // Asked twice: between the end of a call and its jobs in the outbox lies a commit.
  const settled = (timeoutMs: number) =>
    eventually(
      async () => (await quiet()) && sleep(200).then(quiet),
      timeoutMs,
      'calls or the outbox still have work to do',
    )
  const closing = parts.move()
  return { lab, sandbox, configFile, port, start, cards, settled, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/** Asks again until it is so. @throws with `complaint` when it is not so in time. */
export async function eventually(
  isSo: () => Promise<boolean> | boolean,
  timeoutMs: number,
  complaint: string,
): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${complaint} after ${timeoutMs} ms`)
    await sleep(50)
  }
}

interface ConfigParts {
  readonly lab: Lab
  readonly sandbox: Sandbox
  readonly directory: string
  readonly port: number
  readonly changes: Readonly<Record<string, unknown>>
}

function configOf({ lab, sandbox, directory, port, changes }: ConfigParts): Record<string, unknown> {
  const { host, port: databasePort, user, password, database: name } = lab.database
  const sections: Record<string, unknown> = {
    service: { mode: 'on', pbx: 'stage', directory: join(directory, 'state') },
    webserver: { host: '127.0.0.1', port },
    asterisk: { ari: lab.ari, directory: lab.etcAsterisk, trunks: ['trunk'] },
    database: { host, port: databasePort, user, password, name },
    crm: { url: sandbox.url, token: sandbox.token, refreshSeconds: 5 },
    staff: { internal: '^1\\d\\d$', people },
    lines: [],
    rules: { defaultUser: 7_000_001 },
    numbers: { country: 'RU' },
  }
  const merged = Object.entries(changes).map(([section, change]) => [section, laid(sections[section], change)])
  return { ...sections, ...Object.fromEntries(merged) }
}

function laid(under: unknown, over: unknown): unknown {
  if (Array.isArray(over) || typeof over !== 'object' || over === null || typeof under !== 'object') return over
  return { ...under, ...over }
}

interface Counts {
  readonly waiting: number
  readonly sending: number
  readonly unproven: number
}

function isCounts(value: unknown): value is Counts {
  return typeof value === 'object' && value !== null && 'waiting' in value && 'sending' in value && 'unproven' in value
}

/** The preferred port when nobody has it, else whatever is free. */
export async function freePort(preferred: number): Promise<number> {
  const server = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  server.once('error', (error) => (preferred === 0 ? reject(error) : resolve(freePort(0))))
  server.listen(preferred, '127.0.0.1', () => {
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    server.close(() => resolve(port))
  })
  return promise
}
