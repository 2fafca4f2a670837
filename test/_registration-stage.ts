import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContactIndexSync } from '../src/contact-index/contact-index-sync.ts'
import { createLeadRefresh } from '../src/contact-index/lead-refresh.ts'
import type { Crm } from '../src/crm/port.ts'
import type { Job, JobHandler, Outcome, Proof } from '../src/outbox/job.ts'
import { factsOf, settingsWith } from '../src/registration/_settings.ts'
import type { CallFacts } from '../src/registration/call-facts.ts'
import { callNoteHandler } from '../src/registration/handlers/call-note-handler.ts'
import { cardChangeHandler } from '../src/registration/handlers/card-change-handler.ts'
import { clientHandler } from '../src/registration/handlers/client-handler.ts'
import type { HandlerDeps } from '../src/registration/handlers/handler-deps.ts'
import { leadHandler } from '../src/registration/handlers/lead-handler.ts'
import { noteChangeHandler } from '../src/registration/handlers/note-change-handler.ts'
import { taskDoneHandler } from '../src/registration/handlers/task-done-handler.ts'
import { taskHandler } from '../src/registration/handlers/task-handler.ts'
import { noHooks, type RegistrationHooks } from '../src/registration/hooks.ts'
import type { CallNotePayload, CallPayload, NoteChangePayload, TaskDonePayload } from '../src/registration/payloads.ts'
import type { RuleBook } from '../src/registration/rules/kind-rule.ts'
import type { RegistrationSettings } from '../src/registration/settings.ts'
import { createTurns } from '../src/registration/turns.ts'
import type { Store, StoredJob } from '../src/store/ports.ts'
import { openStore } from '../src/store/sqlite/open-store.ts'
import { connectedCrm } from './_connected-crm.ts'
import { type Sandbox, startSandbox } from './amocrm-sandbox/sandbox.ts'

/** The handlers of registration on a real store and a sandbox, before an outbox drives them. */
export interface RegistrationStage {
  readonly sandbox: Sandbox
  readonly index: Store['contactIndex']
  readonly store: Store
  readonly clients: JobHandler<CallPayload>
  readonly leads: JobHandler<CallPayload>
  readonly tasks: JobHandler<CallPayload>
  readonly notes: JobHandler<CallNotePayload>
  readonly cards: JobHandler<CallPayload>
  readonly noteChanges: JobHandler<NoteChangePayload>
  readonly tasksDone: JobHandler<TaskDonePayload>
  /** Results of jobs that other jobs look up, by key. */
  readonly results: Map<string, unknown>
  /** Payloads of the same. */
  readonly payloads: Map<string, unknown>
}

export interface StageChange {
  /** Laid over the CRM's port: what the sandbox cannot be told to do. */
  readonly crm?: Partial<Crm>
  readonly rules?: RuleBook
  readonly settings?: Partial<RegistrationSettings>
  readonly hooks?: RegistrationHooks
  readonly recordingUrl?: HandlerDeps['recordingUrl']
  /** A phone key somebody has talked with, and when. */
  readonly talked?: readonly [phoneKey: string, at: number]
  readonly random?: () => number
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

  async function begin(change: StageChange = {}): Promise<RegistrationStage> {
    const sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
    const crm = { ...connectedCrm(sandbox), ...change.crm }
    const log = { info: () => undefined, warn: () => undefined }
    const sync = createContactIndexSync({
      ...{ crm, index, settings: store.settings, country: 'RU', now: Date.now, log, every: 60 },
    })
    await index.saveProgress({ complete: true, cursor: Date.now() - tenMinutes })
    await store.leads.saveLeadProgress({ complete: false, cursor: undefined })
    const users = new Map([101, 102, 103, 109].map((extension) => [String(extension), 6_999_900 + extension]))
    // Requests are counted: contacts need no reading of leads.
    const usual = { users, defaultUser: undefined, entities: ['contact', 'company'] } as const
    const settings = settingsWith({ ...usual, ...change.settings }, change.rules)
    const [results, payloads] = [new Map<string, unknown>(), new Map<string, unknown>()]
    const { leads } = store
    const deps: HandlerDeps = {
      ...{ crm, index, callbackTasks: store.callbackTasks, refresh: sync.refresh, now: Date.now },
      settings: () => settings,
      leads: {
        openLeadsOf: (clients) => leads.openLeadsOf(clients),
        upsertLeads: (some) => leads.upsertLeads(some),
        removeLead: (id) => leads.removeLead(id),
        ...createLeadRefresh({ crm, leads, settings: store.settings, now: Date.now, log, every: 60 }),
      },
      lastTalks: {
        with: async (key) => (change.talked?.[0] === key ? { extension: '101', at: change.talked[1] } : undefined),
      },
      jobs: {
        get: async (key) => (results.has(key) ? storedJob(key, results.get(key), payloads.get(key)) : undefined),
      },
      tokenUser: async () => 7_000_001,
      hooks: change.hooks ?? noHooks,
      turns: createTurns(store.settings),
      recordingUrl: change.recordingUrl ?? (() => undefined),
      random: change.random ?? (() => 0),
    }
    return {
      ...{ sandbox, index, store, results, payloads },
      clients: clientHandler(deps),
      leads: leadHandler(deps),
      tasks: taskHandler(deps),
      notes: callNoteHandler(deps),
      cards: cardChangeHandler(deps),
      noteChanges: noteChangeHandler(deps),
      tasksDone: taskDoneHandler(deps),
    }
  }

  async function end({ sandbox }: RegistrationStage): Promise<void> {
    for (const { uid } of sandbox.unsorted()) await index.forgetIncoming(uid)
    for (const { id } of sandbox.contacts()) await index.remove('contact', id)
    for (const { id } of sandbox.leads()) await store.leads.removeLead(id)
    for (const { kind, id } of await index.lookup(phoneKey)) await index.remove(kind, id)
    await store.callbackTasks.forget(phoneKey)
    assert.equal((await index.progress()).clients, 0, 'the next test begins with an empty index')
    await sandbox[Symbol.asyncDispose]()
  }

  async function close(): Promise<void> {
    await store[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  }

  return { begin, end, close }
}

function storedJob(key: string, result: unknown, payload: unknown = {}): StoredJob {
  const untouched = { after: undefined, notBefore: undefined, firstAttemptAt: undefined, lastAttemptEndedAt: undefined }
  const counts = { seq: 1, attempts: 1, dueAt: 0, absences: 0, losses: 0 }
  const job = { key, kind: '', lane: '', urgency: 'live', payload, state: 'done', reason: undefined } as const
  return { ...job, ...untouched, ...counts, given: undefined, result }
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

/** An inbound call of a minute ago that extension 101 (user 7000001) took. */
export function callOf(key: string, change: Partial<CallFacts> = {}): CallFacts {
  const startedAt = Math.floor(Date.now() / 1000) * 1000 - 60_000
  return factsOf({
    uniq: `main/${key}`,
    startedAt,
    endedAt: startedAt + 10_000,
    quietAt: Date.now() + tenMinutes,
    ...change,
  })
}

export function noteJob(key: string, given: unknown, change: Partial<CallFacts> = {}): Job<CallNotePayload> {
  return firstJob(key, 'call-note', { call: callOf(key, change) }, { given })
}

export function callJob(kind: string, key: string, given: unknown, change: Partial<CallFacts> = {}): Job<CallPayload> {
  return firstJob(key, kind, { call: callOf(key, change) }, { given })
}

/** A call that extension 102 (user 7000002) took, unless another did. */
export function clientJob(key: string, number = phone, extension = '102'): Job<CallPayload> {
  return callJob('client', key, undefined, { phone: number, talked: [{ extension, seconds: 8 }] })
}

/** What a client job found, without how it came to it. */
export function clientOf(outcome: Outcome | Proof | undefined) {
  const { kind, id, owner, how, lead } = resultOf(outcome) as Record<string, unknown>
  return kind === 'unsorted' ? { kind, lead } : kind === 'nobody' ? { kind } : { kind, id, owner, how }
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
