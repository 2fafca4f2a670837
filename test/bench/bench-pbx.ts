import { appendFile, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ServiceProcess, startServiceProcess } from '../stage/service-process.ts'
import { type Stage, setStage } from '../stage/stage.ts'
import { asUnit } from './as-unit.ts'
import { benchStaff, type CallerNumbers, callerNumbers, fillIndex, seedClients } from './clients.ts'
import { dialplan, dids, endpoints } from './dialplan.ts'
import type { AriOptions } from './witnesses/_ari.ts'

export const INDEXED_CLIENTS = 100_000

/** A real Asterisk with the bench's lines and phones, the CRM emulator, and a service whose index holds 100 000 clients. */
export interface BenchPbx extends AsyncDisposable {
  readonly stage: Stage
  readonly asteriskVersion: string
  readonly numbers: CallerNumbers
  readonly tokens: readonly string[]
  /** The service's database. */
  readonly database: string
  /** Address and user of ARI for an application of one's own. */
  ariOf(application: string): AriOptions
  /** Starts the service as the systemd unit does (compiled code is kept), without waiting for anything. `nodeOptions` go to its process. */
  spawnService(nodeOptions?: string): ServiceProcess
  /** Starts the service and waits until it is ready. Its owner disposes it. */
  startService(nodeOptions?: string): Promise<ServiceProcess>
  /**
   * Called when the last call has ended: waits until it is journalled and the outbox has nothing to do. Looks into the database, so
   * that the service is not burdened by being watched.
   * @returns seconds it took
   */
  drained(timeoutMs: number): Promise<number>
  /** Every call the service has written down. */
  journalled(): readonly JournalRow[]
}

export interface JournalRow {
  readonly id: string
  readonly startedAt: number
}

/** A call settles for 2 s; the clock that ends it and the commit come after. */
const JOURNALLED_AFTER_MS = 2_700

export interface BenchPbxOptions {
  readonly signal: AbortSignal
  readonly quick: boolean
  readonly log: (line: string) => void
}

export async function startBenchPbx({ signal, quick, log }: BenchPbxOptions): Promise<BenchPbx> {
  await using parts = new AsyncDisposableStack()
  const staff = benchStaff()
  const numbers = callerNumbers(quick ? 100 : 1000)
  const clients = new Map<string, number>()
  const stage = parts.use(
    await setStage({
      asterisk: '22',
      signal,
      log,
      sandbox: { seed: (hands) => seedClients(hands, staff, numbers.known, clients) },
      config: {
        staff: { internal: '^1\\d\\d$', people: staff },
        lines: [
          { did: dids.refused, routing: { on: false } },
          { did: dids.answered, routing: { on: true } },
        ],
        crm: { refreshSeconds: 30 },
      },
    }),
  )
  await extend(stage)
  const config = JSON.parse(await readFile(stage.configFile, 'utf8'))
  const database = join(String(config.service.directory), 'callweave.db')
  await fillIndex({ file: database, clients, staff, total: INDEXED_CLIENTS })
  log(`the index holds ${INDEXED_CLIENTS} clients`)
  parts.use(await stage.lab.trunk.answerWith('answer', { ringMs: 50 }))

  const spawnService = (nodeOptions = ''): ServiceProcess =>
    asUnit(dirname(database), nodeOptions, () =>
      startServiceProcess({ configFile: stage.configFile, port: stage.port }),
    )
  const startService = async (nodeOptions?: string): Promise<ServiceProcess> => {
    const service = spawnService(nodeOptions)
    await service.waitReady(20_000)
    return service
  }
  // What an installation has after its first start.
  await (await startService()).stop()
  const drained = async (timeoutMs: number): Promise<number> => {
    const began = performance.now()
    await sleep(JOURNALLED_AFTER_MS)
    while (openJobs(database) > 0) {
      signal.throwIfAborted()
      if (performance.now() - began > timeoutMs) throw new Error(`the outbox is still busy after ${timeoutMs} ms`)
      await sleep(100)
    }
    return (performance.now() - began) / 1000
  }
  const closing = parts.move()
  return {
    stage,
    asteriskVersion: (await stage.lab.cli('core show version')).split(' ')[1]?.split('~')[0] ?? stage.lab.version,
    numbers,
    tokens: staff.map(({ token }) => token),
    database,
    ariOf: (application) => ({ ...stage.lab.ari, application }),
    spawnService,
    startService,
    drained,
    journalled: () => journalRows(database),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

/** Lines and phones of the bench, added to the lab's own configuration. */
async function extend({ lab }: Stage): Promise<void> {
  await appendFile(join(lab.etcAsterisk, 'extensions.conf'), dialplan)
  await appendFile(join(lab.etcAsterisk, 'pjsip.conf'), endpoints(lab.ports.trunkCallee))
  await lab.reload()
}

function openJobs(database: string): number {
  using db = new DatabaseSync(database, { readOnly: true })
  const row = db
    .prepare("SELECT sum(jobs) AS open FROM job_counts WHERE state IN ('waiting', 'sending', 'unproven')")
    .get()
  return Number(row?.['open'])
}

function journalRows(database: string): readonly JournalRow[] {
  using db = new DatabaseSync(database, { readOnly: true })
  return db
    .prepare('SELECT id, started_at FROM calls')
    .all()
    .map((row) => ({ id: String(row['id']), startedAt: Number(row['started_at']) }))
}
