import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Lab } from '../lab/lab.ts'
import { ensureRootFs } from '../lab/root-fs.ts'

const ENTER = fileURLToPath(new URL('../lab/enter-root.sh', import.meta.url))
/** What an installation writes to, besides what a PBX writes to anyway. */
const DIRECTORIES = ['etc', 'opt', 'run', 'tmp', 'usr/local', 'var/lib', 'var/spool/asterisk', 'var/log', 'lab']

export interface Ended {
  readonly code: number | null
  /** Both streams as a terminal shows them. */
  readonly said: string
}

/**
 * The lab's PBX as a whole machine: one may log in as root and install something. Debian 11 or sid with its own dash, awk, useradd,
 * C library and Asterisk console; without systemd, npm and a MySQL client. What is written goes with the lab.
 */
export interface PbxMachine {
  /** Its `/`, seen from the host. */
  readonly root: string
  run(command: string, env?: Readonly<Record<string, string>>): Promise<Ended>
  /** Runs until it is killed. */
  start(command: string): ChildProcess
}

export async function pbxMachine(lab: Lab): Promise<PbxMachine> {
  const rootFs = await ensureRootFs(lab.version, { log: () => undefined })
  const root = dirname(dirname(lab.etcAsterisk))
  for (const name of await readdir(join(rootFs, 'etc'))) {
    if (name === 'asterisk') continue
    await cp(join(rootFs, 'etc', name), join(root, 'etc', name), { recursive: true, verbatimSymlinks: true })
  }
  for (const directory of [...DIRECTORIES, 'usr/local/bin', 'var/log/asterisk'])
    await mkdir(join(root, directory), { recursive: true })
  const start = (command: string, env: Readonly<Record<string, string>> = {}) =>
    spawn('sh', [ENTER, rootFs, root, DIRECTORIES.join(' '), 'sh', '-c', command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', ...env },
    })
  return {
    root,
    start,
    async run(command, env) {
      const child = start(command, env)
      return ended(child)
    },
  }
}

/** Waits for the end of a process and gives what it said. */
export async function ended(child: ChildProcess): Promise<Ended> {
  const said: string[] = []
  child.stdout?.on('data', (data) => said.push(String(data)))
  child.stderr?.on('data', (data) => said.push(String(data)))
  await once(child, 'close')
  return { code: child.exitCode, said: said.join('') }
}
