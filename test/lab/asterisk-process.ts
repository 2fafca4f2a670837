import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ChildProcesses, earlyEnd, type LabProcess } from './child-processes.ts'
import { LabError } from './lab-error.ts'
import { exists } from './root-fs.ts'
import { runCommand } from './run-command.ts'
import { WRITABLE_DIRECTORIES } from './writable-directories.ts'

/** A lab's root: the shared file system and this lab's own folders laid over it. */
export interface Root {
  readonly rootFs: string
  readonly writable: string
}

export interface AsteriskProcess extends AsyncDisposable {
  /** Of the process that runs now. */
  readonly pid: number
  /** Kills it as a crash would, and starts it anew after `downMs`. */
  crash(downMs: number): Promise<void>
  /** Runs a command of Asterisk's console. @returns its output */
  cli(command: string): Promise<string>
}

const ENTER = join(import.meta.dirname, 'enter-root.sh')

/** @returns the arguments of `sh` that run a command inside the root */
export function insideRoot(root: Root, ...command: readonly string[]): string[] {
  return [ENTER, root.rootFs, root.writable, WRITABLE_DIRECTORIES.join(' '), ...command]
}

export async function startAsterisk(root: Root, processes: ChildProcesses, timeZone: string): Promise<AsteriskProcess> {
  const logFile = join(root.writable, 'var/log/asterisk/console.log')
  const env = { ODBCINI: '/etc/asterisk/odbc.ini', TZ: timeZone, LC_ALL: 'C.UTF-8' }
  const start = async () => {
    const process = await processes.start('asterisk', 'sh', insideRoot(root, 'asterisk', '-f', '-g'), { logFile, env })
    try {
      await fullyBooted(root, process, cli)
      return process
    } catch (error) {
      await process.end('SIGKILL')
      throw error
    }
  }
  const cli = (command: string) =>
    runCommand('sh', insideRoot(root, 'asterisk', '-rx', command), { env: { LC_ALL: 'C.UTF-8' } })
  let started = await start()
  return {
    get pid() {
      return started.pid
    },
    async crash(downMs) {
      await started.end('SIGKILL')
      await sleep(downMs)
      started = await start()
    },
    cli,
    async [Symbol.asyncDispose]() {
      await cli('core stop now').catch(() => '')
      await Promise.race([started.exited, sleep(3000, undefined, { ref: false })])
      await started.end('SIGTERM', 2000)
    },
  }
}

async function fullyBooted(root: Root, started: LabProcess, cli: AsteriskProcess['cli']) {
  const deadline = performance.now() + 60_000
  const socket = join(root.writable, 'run/asterisk/asterisk.ctl')
  for (;;) {
    if (started.child.exitCode !== null || started.child.signalCode !== null) throw await earlyEnd(started)
    if (await exists(socket)) {
      const answer = await cli('core waitfullybooted').catch(() => '')
      if (answer.includes('fully booted')) return
    }
    if (performance.now() > deadline) throw new LabError(`Asterisk is not up after 60 s: see ${started.logFile}`)
    await sleep(50)
  }
}
