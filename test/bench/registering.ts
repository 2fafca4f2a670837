import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { pino } from 'pino'
import { z } from 'zod'
import type { Call } from '../../src/calls/call.ts'
import { ConfigFile } from '../../src/config/schema.ts'
import { phoneKey } from '../../src/numbers/phone-number.ts'
import { noHooks } from '../../src/registration/hooks.ts'
import { createRegistrar } from '../../src/registration/registrar.ts'
import { createCrmSide } from '../../src/service/crm-side.ts'
import { registrationSettings } from '../../src/service/settings.ts'
import { openStore } from '../../src/store/sqlite/open-store.ts'

/** What registers calls, as the service puts it together, on a disk of its own, and a CRM at amoCRM's pace in another process. */
export interface Registering extends AsyncDisposable {
  /** Writes ended calls down with their jobs, as the service does when they end. */
  register(calls: readonly Call[]): Promise<void>
  /** Follows the CRM, as the service does, and has done so once when it resolves. */
  follow(): Promise<void>
  /** The outbox begins; returns when nothing is left to do. Milliseconds it took. */
  drain(timeoutMs: number): Promise<number>
  /** The outbox begins. */
  begin(): void
  /** Epoch ms at which the note of each call was acknowledged, by call id. */
  readonly noted: ReadonlyMap<string, number>
  /** Resolves with the instant at which the call's note was acknowledged, epoch ms. */
  heard(callId: string): Promise<number>
  crm(): Promise<CrmState>
}

const CrmState = z.object({
  notes: z.number(),
  distinct: z.number(),
  contacts: z.number(),
  leads: z.number(),
  refused: z.number(),
  /** When, what, how many items. */
  requests: z.array(z.tuple([z.number(), z.string(), z.number()])),
})
export type CrmState = z.infer<typeof CrmState>

const Ready = z.object({ url: z.string(), token: z.string(), ids: z.array(z.number()) })
const program = fileURLToPath(new URL('./witnesses/busy-crm.ts', import.meta.url))

export interface RegisteringOptions {
  readonly directory: string
  /** Clients the CRM and the index know, numbers from `knownPhone`. */
  readonly known: number
  /** The rules of every line, as in the configuration. */
  readonly rules?: Readonly<Record<string, unknown>>
}

export function knownPhone(at: number): string {
  return `+7922${1_000_000 + at}`
}

export function unknownPhone(at: number): string {
  return `+7903${1_000_000 + at}`
}

export async function startRegistering({ directory, known, rules = {} }: RegisteringOptions): Promise<Registering> {
  await using opened = new AsyncDisposableStack()
  const child = opened.adopt(fork(program, [String(known)], { execArgv: [] }), async (crm) => {
    crm.disconnect()
    await once(crm, 'exit')
  })
  const { url, token, ids } = Ready.parse(await heard(child))
  const config = ConfigFile.parse({
    service: { mode: 'on', directory },
    asterisk: { ari: { password: 'p' } },
    crm: { url, token },
    staff: { people: [{ extension: '101', name: 'Person 101', user: 7000001 }] },
    rules: { defaultUser: 7000001, ...rules },
  })
  const store = opened.use(await openStore({ file: join(directory, 'registering.db') }))
  const now = Date.now()
  await store.contactIndex.upsert(
    ids.map((id, at) => ({
      ...{ kind: 'contact', id, name: `Клиент ${at}`, owner: 7000001, updatedAt: now },
      keys: [phoneKey(knownPhone(at)) ?? ''],
    })),
  )
  await store.contactIndex.saveProgress({ complete: true, cursor: now })
  await store.leads.saveLeadProgress({ complete: true, cursor: now })

  const noted = new Map<string, number>()
  const waiting = new Map<string, (at: number) => void>()
  const log = pino(
    { level: 'info' },
    {
      write(text: string) {
        const line: unknown = JSON.parse(text)
        const told = Written.safeParse(line)
        if (!told.success) return
        const id = told.data.job.slice('main/'.length, -':note'.length)
        noted.set(id, Date.now())
        waiting.get(id)?.(Date.now())
      },
    },
  )
  const settings = registrationSettings(config, 0)
  const side = createCrmSide({
    ...{ config, store, log, now: Date.now, random: Math.random },
    registration: { settings: () => settings, hooks: noHooks, recordingUrl: () => undefined },
  })
  const registrar = createRegistrar({
    journal: store.journal,
    callbackTasks: store.callbackTasks,
    outbox: store.outbox,
    pbx: config.service.pbx,
    settings: () => settings,
    hooks: noHooks,
    clickedOn: () => undefined,
  })
  const stop = new AbortController()
  let [running, following]: [Promise<unknown>?, Promise<unknown>?] = []
  opened.defer(async () => {
    stop.abort()
    await Promise.all([running, following])
  })
  const begin = () => {
    running ??= side.outbox.run(stop.signal)
  }
  const closing = opened.move()
  return {
    noted,
    begin,
    async follow() {
      following ??= side.sync.run(stop.signal)
      while ((await side.sync.status()).cursor === now || (await store.leads.leadProgress()).cursor === now)
        await sleep(20)
    },
    heard(callId) {
      const { promise, resolve } = Promise.withResolvers<number>()
      const known = noted.get(callId)
      if (known === undefined) waiting.set(callId, resolve)
      else resolve(known)
      return promise
    },
    async register(calls) {
      await Promise.all(calls.map((call) => registrar.register(call, [])))
      side.outbox.wake()
    },
    async drain(timeoutMs) {
      const began = performance.now()
      begin()
      for (;;) {
        const { waiting, sending, unproven } = await store.outbox.counts()
        const took = performance.now() - began
        if (waiting + sending + unproven === 0) return took
        if (took > timeoutMs) throw new Error(`${waiting + sending + unproven} jobs are left after ${timeoutMs} ms`)
        await sleep(10)
      }
    },
    async crm() {
      child.send('state')
      return CrmState.parse(await heard(child))
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

const Written = z.object({ msg: z.literal('written to the CRM'), kind: z.literal('call-note'), job: z.string() })

async function heard(child: ChildProcess): Promise<unknown> {
  const [message] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => Promise.reject(new Error('the CRM emulator ended'))),
  ])
  return message
}

/** A call that a person has just hung up, or one that the PBX's records tell much later. */
export function endedCall(id: string, client: string, evidence: 'live' | 'cel' = 'live'): Call {
  const endedAt = Date.now() - (evidence === 'live' ? 0 : 3_600_000)
  return {
    id,
    linkedids: [id],
    direction: 'in',
    client,
    line: '7001',
    startedAt: endedAt - 30_000,
    endedAt,
    answered: true,
    result: 'answered',
    waitSeconds: 5,
    talkSeconds: 25,
    responsible: '101',
    hangupCause: 16,
    evidence,
    people: [{ extension: '101', rang: true, rangSeconds: 5, talkSeconds: 25, holdSeconds: 0 }],
    transfers: [],
    ivr: '',
    recordings: [],
  }
}
