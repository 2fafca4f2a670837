import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from './lab-error.ts'
import { identify, isAlive, type ProcessIdentity, parseIdentity } from './process-identity.ts'

export interface StartOptions {
  /** Standard output and error go here. */
  readonly logFile: string
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface LabProcess {
  readonly logFile: string
  readonly name: string
  readonly pid: number
  readonly child: ChildProcess
  readonly exited: Promise<number | null>
  /** Asks by `signal`, kills after `patienceMs`. */
  end(signal?: NodeJS.Signals, patienceMs?: number): Promise<void>
}

/**
 * Starts the lab's processes and writes each down in `pidDirectory` before anything else happens to it, so that a later run
 * can end what a killed one left behind. The kernel ends them too when their parent dies (PR_SET_PDEATHSIG by setpriv).
 */
export class ChildProcesses {
  readonly #pidDirectory: string

  constructor(pidDirectory: string) {
    this.#pidDirectory = pidDirectory
  }

  async start(name: string, command: string, args: readonly string[], options: StartOptions): Promise<LabProcess> {
    await mkdir(this.#pidDirectory, { recursive: true })
    const log = await open(options.logFile, 'a')
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', command, ...args], {
      stdio: ['ignore', log.fd, log.fd],
      // Ctrl-C is for us: what runs in the lab is ended in order.
      detached: true,
      env: { ...process.env, ...options.env },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    })
    await log.close()
    const exited = exitOf(child)
    const pid = child.pid
    if (pid === undefined) {
      await exited.catch((error: unknown) => {
        throw new LabError(`cannot start ${name}: ${String(error)}`)
      })
      throw new LabError(`cannot start ${name}`)
    }
    exited.catch(() => {})
    const record = join(this.#pidDirectory, String(pid))
    const identity = await identify(pid)
    if (identity) await writeFile(record, `${pid} ${identity.startTime} ${name}\n`)
    return {
      name,
      pid,
      child,
      logFile: options.logFile,
      exited,
      async end(signal = 'SIGTERM', patienceMs = 3000) {
        if (child.exitCode === null && child.signalCode === null) {
          child.kill(signal)
          await Promise.race([exited, sleep(patienceMs, undefined, { ref: false })])
          if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
          await exited
        }
        await rm(record, { force: true })
      },
    }
  }
}

/** Why a process that should be running is not: its end, its last words and where the rest of them is. */
export async function earlyEnd(process: LabProcess): Promise<LabError> {
  const words = (await readFile(process.logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-2).join(' | ')
  const end = process.child.signalCode ?? process.child.exitCode
  return new LabError(`${process.name} ended (${end}) while starting: ${words}; see ${process.logFile}`)
}

/** Ends what the records of an earlier run still name. @returns the names of what was ended */
export async function endRecorded(pidDirectory: string): Promise<string[]> {
  const ended: string[] = []
  for (const file of await readdir(pidDirectory).catch(() => [])) {
    const text = await readFile(join(pidDirectory, file), 'utf8').catch(() => '')
    const identity = parseIdentity(text)
    if (identity && (await killAndWait(identity))) ended.push(text.trim().split(' ').slice(2).join(' '))
    await rm(join(pidDirectory, file), { force: true })
  }
  return ended
}

async function killAndWait(identity: ProcessIdentity): Promise<boolean> {
  if (!(await isAlive(identity))) return false
  process.kill(identity.pid, 'SIGKILL')
  while (await isAlive(identity)) await sleep(20)
  return true
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [code] = await once(child, 'exit')
  return typeof code === 'number' ? code : null
}
