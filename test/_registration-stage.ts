import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContactIndexSync } from '../src/contact-index/contact-index-sync.ts'
import type { Crm } from '../src/crm/port.ts'
import type { Job, JobHandler, Outcome, Proof } from '../src/outbox/job.ts'
import { callNoteHandler } from '../src/registration/call-note-handler.ts'
import { clientHandler } from '../src/registration/client-handler.ts'
import type { CallNotePayload, ClientPayload, TaskPayload, UnsortedPayload } from '../src/registration/payloads.ts'
import { taskHandler } from '../src/registration/task-handler.ts'
import { unsortedHandler } from '../src/registration/unsorted-handler.ts'
import type { ContactIndex } from '../src/store/ports.ts'
import { openStore } from '../src/store/sqlite/open-store.ts'
import { connectedCrm } from './_connected-crm.ts'
import { type Sandbox, startSandbox } from './amocrm-sandbox/sandbox.ts'

/** The handlers of registration on a real index and a sandbox, before an outbox drives them. */
export interface RegistrationStage {
  readonly sandbox: Sandbox
  readonly index: ContactIndex
  readonly clients: JobHandler<ClientPayload>
  readonly unsorted: JobHandler<UnsortedPayload>
  readonly notes: JobHandler<CallNotePayload>
  readonly tasks: JobHandler<TaskPayload>
}

export const phone = '+79221532327'
export const phoneKey = '9221532327'
export const tenMinutes = 600_000
const { signal } = new AbortController()

/** One store for a whole file (opening one starts a thread), one sandbox for each test. */
export async function openStages() {
  const folder = await mkdtemp(join(tmpdir(), 'callweave-registration-'))
  const store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  const index = store.contactIndex

  /** @param change laid over the CRM's port: what the sandbox cannot be told to do. */
  async function begin(change: Partial<Crm> = {}): Promise<RegistrationStage> {
    const sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
    const crm = { ...connectedCrm(sandbox), ...change }
    const log = { info: () => undefined, warn: () => undefined }
    const sync = createContactIndexSync({ crm, index, country: 'RU', now: Date.now, log, every: 60 })
    await index.saveProgress({ complete: true, cursor: Date.now() - tenMinutes })
    return {
      sandbox,
      index,
      clients: clientHandler({ crm, index, country: 'RU', refresh: sync.refresh, now: Date.now }),
      unsorted: unsortedHandler({ crm, index, country: 'RU', refresh: sync.refresh, now: Date.now }),
      notes: callNoteHandler({ crm, index, now: Date.now }),
      tasks: taskHandler({ crm, index, now: Date.now }),
    }
  }

  async function end({ sandbox }: RegistrationStage): Promise<void> {
    for (const { uid } of sandbox.unsorted()) await index.forgetIncoming(uid)
    for (const { id } of sandbox.contacts()) await index.remove('contact', id)
    for (const { kind, id } of await index.lookup(phoneKey)) await index.remove(kind, id)
    assert.equal((await index.progress()).clients, 0, 'the next test begins with an empty index')
    await sandbox[Symbol.asyncDispose]()
  }

  async function close(): Promise<void> {
    await store[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }

  return { begin, end, close }
}

/** A job as the outbox hands it out the first time. */
export function firstJob<Payload>(
  key: string,
  kind: string,
  payload: Payload,
  change: Partial<Job<Payload>> = {},
): Job<Payload> {
  const untried = { lane: '', urgency: 'live', given: undefined, attempts: 0, firstAttemptAt: undefined } as const
  return { key, kind, payload, ...untried, ...change }
}

/** A call of a minute ago that extension 101 (user 7000001) took. */
export function noteJob(key: string, given: unknown, change: Partial<CallNotePayload> = {}): Job<CallNotePayload> {
  const payload: CallNotePayload = {
    uniq: `main/${key}`,
    direction: 'in',
    phone,
    startedAt: Math.floor(Date.now() / 1000) * 1000 - 60_000,
    talkSeconds: 8,
    status: 'answered',
    people: { direction: 'in', talked: { extension: '101', user: 7000001 }, tried: [] },
    quietAt: Date.now() + tenMinutes,
    ...change,
  }
  return firstJob(key, 'call-note', payload, { given })
}

export function clientJob(key: string, number = phone, owner = 7000002): Job<ClientPayload> {
  return firstJob(key, 'client', { phone: number, name: `Звонок ${number}`, owner })
}

/** An inbound call of a minute ago that extension 101 (user 7000001) took. */
export function unsortedJob(key: string, change: Partial<UnsortedPayload> = {}): Job<UnsortedPayload> {
  const number = change.phone ?? phone
  const payload: UnsortedPayload = {
    uniq: `main/${key}`,
    phone: number,
    name: `Звонок ${number}`,
    startedAt: Math.floor(Date.now() / 1000) * 1000 - 60_000,
    talkSeconds: 8,
    people: { direction: 'in', talked: { extension: '101', user: 7000001 }, tried: [] },
    line: '7001',
    lineName: 'Реклама',
    quietAt: Date.now() + tenMinutes,
    ...change,
  }
  return firstJob(key, 'unsorted', payload)
}

/** What a manager does with an incoming lead. */
export async function sortOut(sandbox: Sandbox, uid: string | undefined, how: 'accept' | 'decline'): Promise<void> {
  const headers = { authorization: `Bearer ${sandbox.token}` }
  const method = how === 'accept' ? 'POST' : 'DELETE'
  const answer = await fetch(`${sandbox.url}/api/v4/leads/unsorted/${uid}/${how}`, { method, headers })
  assert.equal(answer.status, 200)
}

/** Result of a client job: a contact owned by user 7000003. */
export function onContact(id: number) {
  return { kind: 'contact', id, owner: 7000003, how: 'index' }
}

export async function send<Payload>(
  handler: JobHandler<Payload>,
  ...jobs: Job<Payload>[]
): Promise<readonly Outcome[]> {
  return (await handler.send(jobs, signal)).outcomes
}

export function prove<Payload>(handler: JobHandler<Payload>, ...jobs: Job<Payload>[]): Promise<readonly Proof[]> {
  const tried = jobs.map((each) => ({ ...each, attempts: 1, firstAttemptAt: Date.now() }))
  return handler.prove(tried, signal)
}

export function resultOf(outcome: Outcome | Proof | undefined): unknown {
  if (outcome?.kind === 'done' || outcome?.kind === 'found') return outcome.result
  return assert.fail(`no result: ${JSON.stringify(outcome)}`)
}
