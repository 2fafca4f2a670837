import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { LabError } from './lab-error.ts'
import { decodeNetstrings, encodeNetstring } from './netstring.ts'

export const PhoneEvent = z.object({
  event: z.literal(true),
  type: z.string(),
  id: z.string().optional(),
  direction: z.string().optional(),
  peeruri: z.string().optional(),
  peerdisplayname: z.string().optional(),
  param: z.string().optional(),
})
export type PhoneEvent = z.infer<typeof PhoneEvent>

const Response = z.object({
  response: z.literal(true),
  ok: z.boolean(),
  data: z.string().optional(),
  token: z.string().optional(),
})
type Response = z.infer<typeof Response>

const ANSWER_WITHIN_MS = 5000

/** baresip's ctrl_tcp interface: JSON in netstrings, answers are told apart by the token. */
export class BaresipControl implements Disposable {
  readonly #socket: Socket
  readonly #onEvent: (event: PhoneEvent) => void
  readonly #waiting = new Map<string, PromiseWithResolvers<Response>>()
  #rest: Buffer = Buffer.alloc(0)
  #tokens = 0

  constructor(socket: Socket, onEvent: (event: PhoneEvent) => void) {
    this.#socket = socket
    this.#onEvent = onEvent
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
    socket.on('error', () => {})
    socket.on('close', () => {
      for (const { reject } of this.#waiting.values()) reject(new LabError('baresip has ended'))
    })
  }

  /** Connects as soon as baresip listens. */
  static async connect(port: number, onEvent: (event: PhoneEvent) => void): Promise<BaresipControl> {
    const deadline = performance.now() + 15_000
    for (;;) {
      const socket = connect(port, '127.0.0.1')
      try {
        await once(socket, 'connect')
        return new BaresipControl(socket, onEvent)
      } catch (error) {
        if (performance.now() > deadline)
          throw new LabError(`baresip does not listen on port ${port}: ${String(error)}`)
        await sleep(50)
      }
    }
  }

  /** @returns what baresip printed @throws LabError when it refuses or does not answer */
  async command(command: string, params = ''): Promise<string> {
    const token = String(++this.#tokens)
    if (this.#socket.closed) throw new LabError('baresip has ended')
    const answer = Promise.withResolvers<Response>()
    const late = () => answer.reject(new LabError(`baresip did not answer ${command}`))
    const timer = setTimeout(late, ANSWER_WITHIN_MS)
    this.#waiting.set(token, answer)
    this.#socket.write(encodeNetstring(JSON.stringify({ command, params, token })))
    try {
      const response = await answer.promise
      if (!response.ok) throw new LabError(`baresip refused ${command} ${params}: ${response.data ?? ''}`)
      return response.data ?? ''
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(token)
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    const { payloads, rest } = decodeNetstrings(Buffer.concat([this.#rest, chunk]))
    this.#rest = rest
    for (const payload of payloads) this.#take(JSON.parse(payload))
  }

  #take(message: unknown): void {
    const event = PhoneEvent.safeParse(message)
    if (event.success) {
      this.#onEvent(event.data)
      return
    }
    const response = Response.safeParse(message)
    if (response.success && response.data.token !== undefined) {
      this.#waiting.get(response.data.token)?.resolve(response.data)
    }
  }
}
