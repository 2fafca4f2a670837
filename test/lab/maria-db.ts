import { createHash } from 'node:crypto'
import { cp, mkdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { cacheDirectory } from './cache-directory.ts'
import { type ChildProcesses, earlyEnd } from './child-processes.ts'
import { LabError } from './lab-error.ts'
import { lock } from './lock-file.ts'
import { type BuildOptions, exists } from './root-fs.ts'
import { runCommand } from './run-command.ts'

export interface Database {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** Small files and no waiting for the disk: the data lives as long as the lab. */
const SETTINGS = [
  '--no-defaults',
  '--innodb-log-file-size=8M',
  '--innodb-buffer-pool-size=64M',
  '--innodb-data-file-path=ibdata1:4M:autoextend',
  '--innodb-temp-data-file-path=ibtmp1:4M:autoextend',
  '--innodb-flush-log-at-trx-commit=0',
  '--innodb-buffer-pool-dump-at-shutdown=OFF',
  '--innodb-buffer-pool-load-at-startup=OFF',
  '--performance-schema=OFF',
  '--skip-log-bin',
  // The lab's files are its own, whoever runs it; MariaDB refuses root unless told so.
  ...(process.getuid?.() === 0 ? ['--user=root'] : []),
]

/** An empty data folder, made once: installing the system tables takes longer than all the rest of a start. */
export async function ensureDataTemplate(options: BuildOptions): Promise<string> {
  const recipe = createHash('sha256').update(SETTINGS.join(' ')).digest('hex').slice(0, 12)
  const directory = join(cacheDirectory(), `mariadb-${recipe}`)
  if (await exists(directory)) return directory
  const onWait = () => options.log('another run is preparing the database, waiting for it …')
  await using _lock = await lock(`${directory}.lock`, onWait, options.signal)
  if (await exists(directory)) return directory
  options.log('preparing an empty MariaDB (once) …')
  const building = `${directory}.building`
  await rm(building, { recursive: true, force: true })
  await mkdir(building, { recursive: true })
  const install = [...SETTINGS, `--datadir=${building}`, '--auth-root-authentication-method=normal', '--skip-test-db']
  await runCommand('mariadb-install-db', install, { signal: options.signal })
  await rename(building, directory)
  return directory
}

export interface StartMariaDbOptions {
  readonly template: string
  readonly directory: string
  readonly access: Database
  /** SQL of the tables. */
  readonly tables: string
  readonly processes: ChildProcesses
}

export interface MariaDb extends AsyncDisposable {
  /** Of the process that runs now. */
  readonly pid: number
  /** Kills it, and starts it anew on its data after `downMs`. */
  crash(downMs: number): Promise<void>
}

/** A MariaDB of this lab's own on 127.0.0.1, with one user and one database. */
export async function startMariaDb(options: StartMariaDbOptions): Promise<MariaDb> {
  const { access, directory } = options
  const data = join(directory, 'data')
  await cp(options.template, data, { recursive: true })
  const logFile = join(directory, 'mariadbd.log')
  // A socket's path has a limit of 107 bytes, so it does not stand in the lab's folder.
  const socket = join(tmpdir(), `callweave-lab-mariadb-${access.port}.sock`)
  const start = () =>
    options.processes.start(
      'mariadbd',
      'mariadbd',
      [
        ...SETTINGS,
        `--datadir=${data}`,
        `--port=${access.port}`,
        '--bind-address=127.0.0.1',
        `--socket=${socket}`,
        `--pid-file=${join(directory, 'mariadbd.pid')}`,
      ],
      { logFile },
    )
  let server = await start()
  const stopped = server.exited.then(async () => {
    throw await earlyEnd(server)
  })
  stopped.catch(() => {})
  try {
    const connection = await Promise.race([firstConnection(socket), stopped])
    await connection.query(
      `CREATE DATABASE ${access.database};
       CREATE USER '${access.user}'@'127.0.0.1' IDENTIFIED BY '${access.password}';
       CREATE USER '${access.user}'@'localhost' IDENTIFIED BY '${access.password}';
       GRANT ALL ON ${access.database}.* TO '${access.user}'@'127.0.0.1';
       GRANT ALL ON ${access.database}.* TO '${access.user}'@'localhost';
       USE ${access.database};
       ${options.tables}`,
    )
    await connection.end()
  } catch (error) {
    await server.end('SIGKILL')
    throw error
  }
  return {
    get pid() {
      return server.pid
    },
    async crash(downMs) {
      await server.end('SIGKILL')
      await sleep(downMs)
      server = await start()
      const connection = await firstConnection(socket)
      await connection.end()
    },
    async [Symbol.asyncDispose]() {
      await server.end('SIGTERM', 5000)
      await rm(socket, { force: true })
    },
  }
}

async function firstConnection(socketPath: string): Promise<Connection> {
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      return await createConnection({ socketPath, user: 'root', multipleStatements: true })
    } catch (error) {
      if (performance.now() > deadline) throw new LabError(`MariaDB does not answer: ${String(error)}`)
      await sleep(50)
    }
  }
}
