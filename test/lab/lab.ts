import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise'
import { type AriRecorder, recordAri } from './ari-recorder.ts'
import { type AsteriskProcess, type Root, startAsterisk } from './asterisk-process.ts'
import { ChildProcesses } from './child-processes.ts'
import { layWebPbx, type WebPbx } from './freepbx.ts'
import { LabError } from './lab-error.ts'
import { type Database, ensureDataTemplate, type MariaDb, startMariaDb } from './maria-db.ts'
import { type Phone, startPhone } from './phone.ts'
import { EXTENSIONS, type Extension, type Ports } from './ports.ts'
import { type AsteriskVersion, ensureRootFs } from './root-fs.ts'
import { claimSlot, type Slot } from './slot.ts'
import { renderDirectory, renderTemplate } from './template.ts'
import { alaw, toneWav } from './tone.ts'
import { SippTrunk, type Trunk } from './trunk.ts'
import { WRITABLE_DIRECTORIES } from './writable-directories.ts'

export interface LabOptions {
  readonly asterisk: AsteriskVersion
  /** What stands on top of Asterisk. Default `plain`; `freepbx` is shaped like 17 on Asterisk 22, like 16 on 16; `issabel` needs 16. */
  readonly pbx?: 'plain' | WebPbx
  /** 0…9; every port follows from it. Default: the first free one. */
  readonly slot?: number
  /** How long to wait for a free slot, default five minutes. */
  readonly patienceMs?: number
  /** `freepbx`: CEL's eventtime in whole seconds and FreePBX's short list of applications; `fractions`: microseconds as in stock schemas, and a long list. */
  readonly cel?: 'freepbx' | 'fractions'
  /** POSIX time zone of the PBX, which CDR and CEL are written in. Default `UTC`. */
  readonly timeZone?: string
  readonly log?: (line: string) => void
  readonly signal?: AbortSignal
}

export interface AriAddress {
  /** `http://127.0.0.1:PORT`, without `/ari`. */
  readonly url: string
  readonly user: string
  readonly password: string
}

/** A running PBX with its phones, its trunk and its database. Disposing it leaves nothing behind. */
export interface Lab extends AsyncDisposable {
  readonly version: AsteriskVersion
  readonly slot: number
  readonly ports: Ports
  readonly ari: AriAddress
  readonly database: Database
  /** This lab's /etc/asterisk, seen from the host. */
  readonly etcAsterisk: string
  /** This lab's /var/spool/asterisk, seen from the host. */
  readonly spool: string
  readonly asteriskPid: number
  /** Asterisk dies as in a crash and is started anew after `downMs`. Phones that had calls keep them until they hang up. */
  crashAsterisk(downMs: number): Promise<void>
  readonly databasePid: number
  /** MariaDB dies as in a crash and is started anew after `downMs`. */
  crashDatabase(downMs: number): Promise<void>
  readonly trunk: Trunk
  phone(extension: Extension): Phone
  cli(command: string): Promise<string>
  /** Makes Asterisk read its dialplan, ARI users, endpoints and queues again. */
  reload(): Promise<void>
  cdr(): Promise<Record<string, unknown>[]>
  cel(): Promise<Record<string, unknown>[]>
  recordAri(file: string): Promise<AriRecorder>
}

const HERE = import.meta.dirname
const PASSWORD = 'lab-secret'
const DATABASE = { host: '127.0.0.1', user: 'callweave', password: PASSWORD, database: 'asteriskcdrdb' }
/** Explicit because `all` is no wildcard: no APP rows at all (measured on 16.28 and 22.10). */
const MORE_CEL_APPS =
  'dial,park,parkedcall,parkandannounce,background,playback,read,answer,hangup,echo,stasis,page,followme,record,wait,waitexten,pickup,pickupchan,bridge,transfer,channelredirect'
const ARI_USER = { user: 'callweave', password: PASSWORD }

/** Starts a lab; the first start on a machine builds what is missing. @throws LabError with the cure in one sentence */
export async function startLab(options: LabOptions): Promise<Lab> {
  const log = options.log ?? (() => {})
  const build = { log, signal: options.signal }
  const rootFs = await ensureRootFs(options.asterisk, build)
  const template = await ensureDataTemplate(build)
  const began = performance.now()
  await using parts = new AsyncDisposableStack()
  const slot = parts.use(await claimSlot(options.slot, log, options.signal, options.patienceMs))
  const processes = new ChildProcesses(slot.pidDirectory)
  const database = { ...DATABASE, port: slot.ports.database }
  const root = { rootFs, writable: join(slot.directory, 'root') }
  await prepareRoot(root, slot, options)
  if (options.pbx && options.pbx !== 'plain')
    await layWebPbx(root.writable, { pbx: options.pbx, version: options.asterisk, customDestination: true })
  const tables = renderTemplate(await readFile(join(HERE, 'database/freepbx.sql'), 'utf8'), {
    eventtimeType: options.cel === 'fractions' ? 'datetime(6)' : 'datetime',
  })
  const directory = join(slot.directory, 'mariadb')
  const mariaDb = parts.use(await startMariaDb({ template, directory, access: database, tables, processes }))
  options.signal?.throwIfAborted()
  const asterisk = parts.use(await startAsterisk(root, processes, options.timeZone ?? 'UTC'))
  options.signal?.throwIfAborted()
  const phones = await startPhones(root, slot, processes, parts)
  const trunk = parts.use(
    new SippTrunk({
      directory: join(slot.directory, 'trunk'),
      ports: slot.ports,
      processes,
      audioFile: audioFileOf(slot),
    }),
  )
  // A pool: MariaDB may be killed under it.
  const pool = createPool({ ...database, dateStrings: true })
  parts.defer(() => pool.end())
  log(
    `lab ${slot.number} with Asterisk ${options.asterisk} is up after ${((performance.now() - began) / 1000).toFixed(1)} s`,
  )
  return assemble({ options, slot, root, database, asterisk, mariaDb, phones, trunk, pool, parts: parts.move() })
}

interface Assembled {
  readonly options: LabOptions
  readonly slot: Slot
  readonly root: Root
  readonly database: Database
  readonly asterisk: AsteriskProcess
  readonly mariaDb: MariaDb
  readonly phones: ReadonlyMap<Extension, Phone>
  readonly trunk: Trunk
  readonly pool: Pool
  readonly parts: AsyncDisposableStack
}

function assemble({ options, slot, root, database, asterisk, mariaDb, phones, trunk, pool, parts }: Assembled): Lab {
  const ari = { url: `http://127.0.0.1:${slot.ports.ari}`, ...ARI_USER }
  const rows = async (sql: string) => (await pool.query<RowDataPacket[]>(sql))[0]
  return {
    version: options.asterisk,
    slot: slot.number,
    ports: slot.ports,
    ari,
    database,
    etcAsterisk: join(root.writable, 'etc/asterisk'),
    spool: join(root.writable, 'var/spool/asterisk'),
    get asteriskPid() {
      return asterisk.pid
    },
    crashAsterisk: asterisk.crash,
    get databasePid() {
      return mariaDb.pid
    },
    crashDatabase: mariaDb.crash,
    trunk,
    phone(extension) {
      const phone = phones.get(extension)
      if (!phone) throw new LabError(`the lab has no phone ${extension}`)
      return phone
    },
    cli: asterisk.cli,
    async reload() {
      for (const module of ['res_ari.so', 'res_pjsip.so', 'app_queue.so']) await asterisk.cli(`module reload ${module}`)
      await asterisk.cli('dialplan reload')
    },
    cdr: () => rows('SELECT * FROM cdr ORDER BY calldate, sequence'),
    cel: () => rows('SELECT * FROM cel ORDER BY id'),
    recordAri: (file) => recordAri(ari, file),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

async function prepareRoot(root: Root, slot: Slot, { asterisk: version, cel }: LabOptions): Promise<void> {
  for (const directory of WRITABLE_DIRECTORIES) await mkdir(join(root.writable, directory), { recursive: true })
  await chmod(join(root.writable, 'tmp'), 0o1777)
  const { ports } = slot
  const values = {
    sipPort: ports.sip,
    ariPort: ports.ari,
    ariUser: ARI_USER.user,
    ariPassword: ARI_USER.password,
    phonePassword: PASSWORD,
    rtpStart: ports.rtpStart,
    rtpEnd: ports.rtpEnd,
    trunkCalleePort: ports.trunkCallee,
    trunkMatches: [...ports.trunkCallers, ports.trunkCallee].map((port) => `match=127.0.0.1:${port}`).join('\n'),
    moreCelApps: cel === 'fractions' ? `apps=${MORE_CEL_APPS}` : '',
    databasePort: ports.database,
    databaseName: DATABASE.database,
    databaseUser: DATABASE.user,
    databasePassword: DATABASE.password,
  }
  const etc = join(root.writable, 'etc/asterisk')
  await renderDirectory(join(HERE, 'asterisk/common'), etc, values)
  await renderDirectory(join(HERE, 'asterisk', version), etc, values)
  const lab = join(root.writable, 'lab')
  await mkdir(join(lab, 'moh'))
  const tone = toneWav(120, 400)
  await writeFile(join(lab, 'tone.wav'), tone)
  await writeFile(join(lab, 'moh/silence.wav'), toneWav(10, 0))
  await writeFile(audioFileOf(slot), alaw(tone))
}

const audioFileOf = (slot: Slot) => join(slot.directory, 'tone.alaw')

async function startPhones(root: Root, slot: Slot, processes: ChildProcesses, parts: AsyncDisposableStack) {
  const start = async (extension: Extension) => {
    const phone = await startPhone({ extension, password: PASSWORD, ports: slot.ports, root, processes })
    parts.use(phone)
    return [extension, phone] as const
  }
  const started = await Promise.allSettled(EXTENSIONS.map(start))
  const failed = started.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return new Map<Extension, Phone>(started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
}
