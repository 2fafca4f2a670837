import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AsteriskLink, createAsterisk, type LinkTiming } from '../../src/asterisk/asterisk-link.ts'
import type { AsteriskMessage, InboundAnswer, InboundQuestion } from '../../src/asterisk/message.ts'
import type { Lab } from '../lab/lab.ts'

const quiet = () => undefined
export const silence = { debug: quiet, info: quiet, warn: quiet, error: quiet }

export interface Service extends AsyncDisposable {
  readonly link: AsteriskLink
  readonly questions: readonly InboundQuestion[]
  question(): Promise<InboundQuestion>
  /** The next message for which it holds, also one that came before; each is given once. */
  heard(wanted: (message: AsteriskMessage) => boolean): Promise<AsteriskMessage>
}

/** The link as the service uses it, without the service. */
export function startService(
  lab: Lab,
  answer?: (question: InboundQuestion) => InboundAnswer | undefined,
  timing: Partial<LinkTiming> = {},
): Service {
  const link = createAsterisk({
    ari: { ...lab.ari, application: 'callweave' },
    log: silence,
    timing: { lookEveryMs: 300, longestMs: 3000, ...timing },
  })
  const stop = new AbortController()
  const messages: AsteriskMessage[] = []
  const questions: InboundQuestion[] = []
  const reading = (async () => {
    for await (const message of link.messages(stop.signal)) {
      messages.push(message)
      if (message.kind !== 'question') continue
      questions.push(message.question)
      const answered = answer?.(message.question)
      if (answered) await link.commands.answerQuestion(message.question.channelId, answered)
    }
  })()
  const heard = async (wanted: (message: AsteriskMessage) => boolean) => {
    for (const deadline = Date.now() + 30_000; Date.now() < deadline; await sleep(10)) {
      const at = messages.findIndex(wanted)
      if (at !== -1) return messages.splice(0, at + 1).at(-1) as AsteriskMessage
    }
    throw new Error(`not heard; status ${JSON.stringify(link.status())}`)
  }
  return {
    link,
    questions,
    heard,
    async question() {
      const message = await heard(({ kind }) => kind === 'question')
      if (message.kind !== 'question') throw new Error('no question')
      return message.question
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await reading
      link[Symbol.dispose]()
    },
  }
}

/** A service in a process of its own that answers nobody, to be stopped or killed. */
export async function silentProcess(
  lab: Lab,
): Promise<AsyncDisposable & { child: ChildProcess; line(text: string): Promise<void> }> {
  const script = join(import.meta.dirname, '_silent-application.ts')
  const { url, user, password } = lab.ari
  const child = spawn(process.execPath, [script, url, user, password], { stdio: ['ignore', 'pipe', 'inherit'] })
  const seen: string[] = []
  createInterface({ input: child.stdout }).on('line', (text) => seen.push(text))
  const line = async (text: string) => {
    for (const deadline = Date.now() + 15_000; !seen.includes(text); await sleep(10)) {
      if (Date.now() > deadline) throw new Error(`the silent application never said "${text}"`)
    }
  }
  await line('up')
  return {
    child,
    line,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}
