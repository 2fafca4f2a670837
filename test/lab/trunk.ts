import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ChildProcesses, LabProcess } from './child-processes.ts'
import { LabError } from './lab-error.ts'
import type { Ports } from './ports.ts'
import { type CalleeBehaviour, calleeScenario, type TrunkAnswer } from './sipp-callee.ts'
import { type CallerBehaviour, callerScenario } from './sipp-caller.ts'
import { callResults, type OutboundCall, outboundCalls, parseMarks, type TrunkCallResult } from './sipp-log.ts'

export interface TrunkCallOptions extends Omit<CallerBehaviour, 'audioFile'> {
  /** The caller's number; several take turns when `count` is more than one. */
  readonly from: string | readonly string[]
  readonly did: string
  readonly displayName?: string
  /** `caller` hangs up `talkMs` after the answer (default 3000), `callee` leaves it to the PBX. Default `callee`. */
  readonly hangUp?: 'caller' | 'callee'
  /** Default 1. */
  readonly count?: number
  /** Calls a second, default 10. */
  readonly rate?: number
  /** The caller speaks: a tone is sent as RTP (needed for voicemail and recordings). */
  readonly audio?: boolean
  readonly signal?: AbortSignal
  /** SIPp has been started: the instant that its results count from. */
  readonly onStart?: () => void
}

export interface TrunkCallee extends AsyncDisposable {
  /** The calls that have come so far. */
  calls(): Promise<OutboundCall[]>
  /** @throws LabError when fewer have come after `timeoutMs` */
  waitForCalls(count: number, timeoutMs: number): Promise<OutboundCall[]>
}

export interface Trunk {
  /** Calls in; resolves with one result a call, in the order they were made, when all have ended. */
  call(options: TrunkCallOptions): Promise<TrunkCallResult[]>
  /** Says how the far side treats the PBX's calls from now on; replaces what was said before. */
  answerWith(answer: TrunkAnswer, behaviour?: CalleeBehaviour): Promise<TrunkCallee>
}

export interface TrunkOptions {
  readonly directory: string
  readonly ports: Ports
  readonly processes: ChildProcesses
  /** Raw A-law that callers with `audio` play. */
  readonly audioFile: string
}

/** The provider's side of the trunk: SIPp, a process for each `call` and one for the callee. */
export class SippTrunk implements Trunk, AsyncDisposable {
  readonly #options: TrunkOptions
  readonly #running = new Set<LabProcess>()
  readonly #busyPorts = new Set<number>()
  #callee: AsyncDisposable | undefined
  #runs = 0

  constructor(options: TrunkOptions) {
    this.#options = options
  }

  async call(options: TrunkCallOptions): Promise<TrunkCallResult[]> {
    const port = await this.#freePort(options.signal)
    try {
      const directory = await this.#folder('call')
      const numbers = typeof options.from === 'string' ? [options.from] : options.from
      const display = options.displayName === undefined ? '' : `"${options.displayName}" `
      const rows = numbers.map((number) => `${number};${options.did};${display}`)
      await writeFile(join(directory, 'calls.csv'), `SEQUENTIAL\n${rows.join('\n')}\n`)
      const talkMs = options.hangUp === 'caller' ? (options.talkMs ?? 3000) : undefined
      const audioFile = options.audio ? this.#options.audioFile : undefined
      await writeFile(join(directory, 'scenario.xml'), callerScenario({ ...options, talkMs, audioFile }))
      const load = [
        '-inf',
        'calls.csv',
        '-m',
        String(options.count ?? 1),
        '-r',
        String(options.rate ?? 10),
        '-l',
        '2000',
      ]
      const sipp = await this.#sipp('trunk caller', directory, port, load)
      options.onStart?.()
      const onAbort = () => void sipp.end('SIGKILL')
      options.signal?.addEventListener('abort', onAbort, { once: true })
      const code = await sipp.exited
      options.signal?.removeEventListener('abort', onAbort)
      await this.#forget(sipp)
      options.signal?.throwIfAborted()
      const results = callResults(await marksOf(directory))
      if (results.length === 0) throw new LabError(`SIPp made no call (exit ${code}): see ${directory}/sipp.log`)
      return results
    } finally {
      this.#busyPorts.delete(port)
    }
  }

  async answerWith(answer: TrunkAnswer, behaviour: CalleeBehaviour = {}): Promise<TrunkCallee> {
    await this.#callee?.[Symbol.asyncDispose]()
    const directory = await this.#folder('callee')
    await writeFile(join(directory, 'scenario.xml'), calleeScenario(answer, behaviour))
    const sipp = await this.#sipp('trunk callee', directory, this.#options.ports.trunkCallee, [])
    const calls = async () => outboundCalls(await marksOf(directory))
    const callee: TrunkCallee = {
      calls,
      async waitForCalls(count, timeoutMs) {
        const deadline = performance.now() + timeoutMs
        for (;;) {
          const now = await calls()
          if (now.length >= count) return now
          if (performance.now() > deadline) throw new LabError(`${now.length} of ${count} calls reached the trunk`)
          await sleep(50)
        }
      },
      [Symbol.asyncDispose]: () => this.#forget(sipp),
    }
    this.#callee = callee
    return callee
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#running].map((sipp) => this.#forget(sipp)))
  }

  async #sipp(name: string, directory: string, port: number, load: readonly string[]): Promise<LabProcess> {
    const { ports, processes } = this.#options
    const media = ports.trunkMedia + 20 * (ports.trunkCallers.indexOf(port) + 1)
    const sipp = await processes.start(
      name,
      'sipp',
      [
        `127.0.0.1:${ports.sip}`,
        ...['-sf', 'scenario.xml', '-i', '127.0.0.1', '-p', String(port), '-mi', '127.0.0.1', '-mp', String(media)],
        ...['-nostdin', '-aa', '-trace_logs', '-log_file', 'marks.log', '-trace_err', '-error_file', 'errors.log'],
        ...['-cid_str', `%u-%p-${this.#runs}@%s`, ...load],
      ],
      { logFile: join(directory, 'sipp.log'), cwd: directory, env: { TERM: 'dumb' } },
    )
    this.#running.add(sipp)
    return sipp
  }

  async #forget(sipp: LabProcess): Promise<void> {
    await sipp.end('SIGKILL')
    this.#running.delete(sipp)
  }

  async #folder(kind: string): Promise<string> {
    const directory = join(this.#options.directory, `${++this.#runs}-${kind}`)
    await mkdir(directory, { recursive: true })
    return directory
  }

  async #freePort(signal?: AbortSignal): Promise<number> {
    for (;;) {
      signal?.throwIfAborted()
      const port = this.#options.ports.trunkCallers.find((candidate) => !this.#busyPorts.has(candidate))
      if (port !== undefined) {
        this.#busyPorts.add(port)
        return port
      }
      await sleep(100)
    }
  }
}

async function marksOf(directory: string) {
  return parseMarks(await readFile(join(directory, 'marks.log'), 'utf8').catch(() => ''))
}
