import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { insideRoot, type Root } from './asterisk-process.ts'
import { BaresipPhone } from './baresip-phone.ts'
import type { ChildProcesses } from './child-processes.ts'
import type { Extension, Ports } from './ports.ts'
import { renderDirectory } from './template.ts'

export interface Ring {
  /** The caller's number as the phone shows it. */
  readonly from: string
  readonly displayName: string
}

/** A person's desk phone: baresip under remote control. */
export interface Phone {
  readonly extension: Extension
  /** @throws LabError when nobody calls within `timeoutMs` */
  waitForRing(timeoutMs: number): Promise<Ring>
  isRinging(): boolean
  /** In a call that was answered, by either side. */
  isTalking(): boolean
  /** Until the phone has no call at all. */
  waitForIdle(timeoutMs: number): Promise<void>
  waitForTalk(timeoutMs: number): Promise<void>
  accept(): Promise<void>
  /** Answers 486 to the ringing call. */
  reject(): Promise<void>
  hangup(): Promise<void>
  dial(number: string): Promise<void>
  hold(): Promise<void>
  resume(): Promise<void>
  /** Blind transfer by SIP REFER. */
  transfer(number: string): Promise<void>
  /** RFC 4733 digits, one after another. */
  dtmf(digits: string): Promise<void>
  register(): Promise<void>
  unregister(): Promise<void>
}

export interface StartPhoneOptions {
  readonly extension: Extension
  readonly password: string
  readonly ports: Ports
  readonly root: Root
  readonly processes: ChildProcesses
}

/** Starts the phone; it is registered when this resolves. */
export async function startPhone(options: StartPhoneOptions): Promise<Phone & AsyncDisposable> {
  const { extension, root, ports } = options
  const own = ports.phones[extension]
  const directory = join(root.writable, 'lab', extension)
  await mkdir(directory, { recursive: true })
  await renderDirectory(join(import.meta.dirname, 'baresip'), directory, {
    sipPort: own.sip,
    controlPort: own.control,
    rtpPorts: own.rtp,
  })
  // The account is created over the control connection, so that its registration is seen there.
  await writeFile(join(directory, 'accounts'), '')
  await writeFile(join(directory, 'contacts'), '')
  const process = await options.processes.start(
    `phone ${extension}`,
    'sh',
    insideRoot(root, 'baresip', '-f', `/lab/${extension}`),
    { logFile: join(directory, 'baresip.log') },
  )
  try {
    const phone = await BaresipPhone.connect(extension, own.control, accountOf(options))
    return Object.assign(phone, {
      async [Symbol.asyncDispose]() {
        phone.close()
        await process.end('SIGKILL')
      },
    })
  } catch (error) {
    await process.end('SIGKILL')
    throw error
  }
}

function accountOf(options: StartPhoneOptions): string {
  const { extension, password, ports } = options
  return `<sip:${extension}@127.0.0.1:${ports.sip}>;auth_user=${extension};auth_pass=${password};answermode=manual;regint=60`
}
