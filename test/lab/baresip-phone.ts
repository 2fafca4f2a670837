import { BaresipControl, type PhoneEvent } from './baresip-control.ts'
import { LabError } from './lab-error.ts'
import type { Phone, Ring } from './phone.ts'
import type { Extension } from './ports.ts'

interface PhoneCall {
  readonly ring: Ring
  state: 'ringing' | 'dialling' | 'talking'
}

/** What baresip tells by its events, and the commands that act on it. */
export class BaresipPhone implements Phone {
  readonly extension: Extension
  readonly #account: string
  readonly #calls = new Map<string, PhoneCall>()
  readonly #watchers = new Set<() => void>()
  #control: BaresipControl | undefined
  #registered = false
  /** A call was begun and nothing has been heard of it. */
  #dialled = false

  constructor(extension: Extension, account: string) {
    this.extension = extension
    this.#account = account
  }

  /** @param account baresip's account line */
  static async connect(extension: Extension, port: number, account: string): Promise<BaresipPhone> {
    const phone = new BaresipPhone(extension, account)
    phone.#control = await BaresipControl.connect(port, (event) => phone.#take(event))
    await phone.register()
    return phone
  }

  close(): void {
    this.#control?.[Symbol.dispose]()
  }

  async waitForRing(timeoutMs: number): Promise<Ring> {
    await this.#until(() => this.isRinging(), timeoutMs, 'ring')
    const call = this.#callsIn('ringing')[0]
    if (!call) throw new LabError(`phone ${this.extension} stopped ringing`)
    return call.ring
  }

  isRinging(): boolean {
    return this.#callsIn('ringing').length > 0
  }

  isTalking(): boolean {
    return this.#callsIn('talking').length > 0
  }

  async waitForIdle(timeoutMs: number): Promise<void> {
    await this.#until(() => this.#calls.size === 0 && !this.#dialled, timeoutMs, 'become idle')
  }

  async waitForTalk(timeoutMs: number): Promise<void> {
    await this.#until(() => this.isTalking(), timeoutMs, 'talk')
  }

  async accept(): Promise<void> {
    await this.#command('accept')
    await this.waitForTalk(5000)
  }

  async reject(): Promise<void> {
    await this.#command('hangup')
  }

  async hangup(): Promise<void> {
    if (!this.#dialled || this.#calls.size > 0) return await this.#command('hangup')
    // baresip 1.1.0 finds no current call while the other side is silent; 1.0.0 has no hangupall but needs none.
    await this.#command('hangup').catch(() => this.#command('hangupall'))
  }

  async dial(number: string): Promise<void> {
    this.#dialled = true
    await this.#command('dial', number)
  }

  async hold(): Promise<void> {
    await this.#command('hold')
  }

  async resume(): Promise<void> {
    // With no other call to hold, baresip 1.1.0 resumes this one and then complains about the one that is not there.
    await this.#command('resume').catch((error: unknown) => {
      if (!String(error).includes('Invalid argument')) throw error
    })
  }

  async transfer(number: string): Promise<void> {
    await this.#command('transfer', number)
  }

  async dtmf(digits: string): Promise<void> {
    for (const digit of digits) await this.#command('sndcode', digit)
  }

  async register(): Promise<void> {
    await this.#command('uanew', this.#account)
    await this.#until(() => this.#registered, 10_000, 'register')
  }

  /** baresip unregisters an account by forgetting it. */
  async unregister(): Promise<void> {
    this.#registered = false
    const aor = /<(sip:[^>]+)>/.exec(this.#account)?.[1] ?? ''
    await this.#command('uadel', aor)
  }

  async #command(command: string, params?: string): Promise<void> {
    if (!this.#control) throw new LabError(`phone ${this.extension} is not running`)
    await this.#control.command(command, params)
  }

  #callsIn(state: PhoneCall['state']): PhoneCall[] {
    return [...this.#calls.values()].filter((call) => call.state === state)
  }

  #take(event: PhoneEvent): void {
    if (event.type === 'REGISTER_OK') this.#registered = true
    if (event.id !== undefined) this.#takeCall(event.id, event)
    if (event.type.startsWith('CALL_') && event.type !== 'CALL_LOCAL_SDP') this.#dialled = false
    for (const watcher of this.#watchers) watcher()
  }

  #takeCall(id: string, event: PhoneEvent): void {
    switch (event.type) {
      case 'CALL_INCOMING':
        this.#calls.set(id, { state: 'ringing', ring: ringOf(event) })
        break
      case 'CALL_RINGING':
      case 'CALL_PROGRESS':
        if (!this.#calls.has(id)) this.#calls.set(id, { state: 'dialling', ring: ringOf(event) })
        break
      case 'CALL_ESTABLISHED':
        this.#calls.set(id, { state: 'talking', ring: this.#calls.get(id)?.ring ?? ringOf(event) })
        break
      case 'CALL_CLOSED':
        this.#calls.delete(id)
        break
    }
  }

  async #until(isSo: () => boolean, timeoutMs: number, what: string): Promise<void> {
    if (isSo()) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const watcher = () => isSo() && resolve()
    const late = () => reject(new LabError(`phone ${this.extension} did not ${what} within ${timeoutMs} ms`))
    const timer = setTimeout(late, timeoutMs)
    this.#watchers.add(watcher)
    try {
      await promise
    } finally {
      clearTimeout(timer)
      this.#watchers.delete(watcher)
    }
  }
}

function ringOf(event: PhoneEvent): Ring {
  const number = /^sips?:([^@;]+)@/.exec(event.peeruri ?? '')?.[1] ?? ''
  return { from: decodeURIComponent(number), displayName: event.peerdisplayname ?? '' }
}
