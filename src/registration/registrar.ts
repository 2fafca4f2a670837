import type { Call } from '../calls/call.ts'
import type { EntityRef } from '../crm/port.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { NewJob } from '../outbox/job.ts'
import type { CallbackTasks } from '../store/crm-state-ports.ts'
import type { CallJournal, JournalEntry, OutboxStore } from '../store/ports.ts'
import { type CallFacts, callFacts } from './call-facts.ts'
import { hooked, type RegistrationHooks } from './hooks.ts'
import { jobsForCall, taskDoneJob } from './jobs-for-call.ts'
import { isSameCall, tellingOf } from './same-call.ts'
import type { RegistrationSettings } from './settings.ts'
import { type WhyUnregistered, whyUnregistered } from './why-unregistered.ts'

export interface RegistrarDeps {
  readonly journal: Pick<CallJournal, 'recordEnded' | 'find' | 'sharing' | 'sayLate'>
  readonly callbackTasks: Pick<CallbackTasks, 'openFor'>
  readonly outbox: Pick<OutboxStore, 'add'>
  readonly pbx: string
  readonly settings: () => RegistrationSettings
  readonly hooks: RegistrationHooks
  /** The card in the CRM on which a call was started. */
  readonly clickedOn: (callId: string) => EntityRef | undefined
}

/** What became of an ended call. `as`: the id it got where another call had its own. */
export type Registered =
  | { readonly kind: 'registering'; readonly jobs: number; readonly as?: string }
  /** It stands in the journal already; the row is the lock. */
  | { readonly kind: 'known' }
  | { readonly kind: 'journal-only'; readonly why: WhyUnregistered; readonly as?: string }

/** Writes an ended call and the CRM jobs it needs into the journal, in one transaction. */
export interface Registrar {
  /**
   * Resolves when the disk has it. Calls of one linkedid are numbered by whoever followed the first of them; since a restart forgets
   * that, a call that finds its id taken by another one gets the next number.
   * @param events what the call was folded from, so that it can be rebuilt.
   * @throws StoreError when the disk refuses.
   */
  register(call: Call, events: readonly unknown[], how?: RegisterHow): Promise<Registered>
  /**
   * Journals a call that somebody else has told the CRM. Resolves with its id, or undefined when it is known.
   * @throws StoreError when the disk refuses.
   */
  adopt(call: Call, events: readonly unknown[]): Promise<string | undefined>
}

export interface RegisterHow {
  /** An old call does what a fresh one does: leads, tasks, owners, automations. */
  readonly effects?: 'quiet' | 'all'
  /** A person asked for this call: it is registered though it began before the first start. */
  readonly onDemand?: boolean
}

export function createRegistrar(deps: RegistrarDeps): Registrar {
  const { journal, callbackTasks, outbox, pbx, settings, hooks, clickedOn } = deps
  /**
   * Who did not see a call's beginning may name it after another of its linkedids, and so may another witness. Two calls that one
   * witness saw whole are told apart by their ids alone.
   */
  const isToldUnderAnotherId = async (entry: JournalEntry): Promise<boolean> => {
    const rows = await journal.sharing(pbx, entry.linkedids)
    return rows.some(
      (row) => !sawBoth(evidenceOf(row.call), evidenceOf(entry.call)) && isSameCall(tellingOf(row), tellingOf(entry)),
    )
  }

  /** The id under which the call is new; undefined when the journal has it. */
  const freeId = async (entry: JournalEntry): Promise<string | undefined> => {
    if (await isToldUnderAnotherId(entry)) return undefined
    const { linkedid, number: own } = numbered(entry.id)
    for (let number = 1; ; number += 1) {
      const id = number === 1 ? linkedid : `${linkedid}#${number}`
      const row = await journal.find(pbx, id)
      if (row?.id === id) {
        if (isSameCall(tellingOf(row), tellingOf(entry))) return undefined
      } else if (number >= own) return id
    }
  }

  const factsOf = async (call: Call, clicked: EntityRef | undefined, { effects }: RegisterHow): Promise<CallFacts> => {
    const { country, quietAfterSeconds } = settings()
    const at = call.endedAt ?? call.startedAt
    const told = callFacts(call, { pbx, country, quietAfterSeconds, moment: 'end', at, clicked })
    const phone = normalisePhone(await hooked(hooks, 'client-phone', told.phone, { call: told }), country)
    return { ...told, phone: phone || told.phone, ...(effects === 'all' && { quietAt: NEVER }) }
  }

  /** None when a customer's script keeps the call out. */
  const jobsOf = async (call: CallFacts, evidence: Call['evidence']): Promise<readonly NewJob[]> => {
    if (!(await hooked(hooks, 'need-registration', true, { call }))) return []
    return jobsForCall(call, { settings: settings(), hooks, evidence, openTask: await openTaskOf(call) })
  }

  /** The client's task that this conversation completes: not one of a miss that came after it. */
  const openTaskOf = async ({ phone, endedAt, answered }: CallFacts): Promise<number | undefined> => {
    const open = answered ? await callbackTasks.openFor(phoneKey(phone) ?? '') : undefined
    return open && open.since <= endedAt ? open.task : undefined
  }

  /**
   * A task that was being made while the call was written down: its maker looks for conversations after the task is known, we look
   * for the task after the conversation is known, so that one of us sees the other.
   */
  const completeLate = async (call: CallFacts, evidence: Call['evidence'], jobs: readonly NewJob[]): Promise<void> => {
    if (jobs.length === 0 || jobs.some(({ kind }) => kind === 'task-done')) return
    const task = await openTaskOf(call)
    if (task !== undefined) await outbox.add([taskDoneJob(call, task, evidence)])
  }

  /** Kept out before, for a reason that holds no longer; a person asks for it now. */
  const registerLate = async (entry: JournalEntry, call: Call, how: RegisterHow): Promise<Registered> => {
    const rows = await journal.sharing(pbx, entry.linkedids)
    const row = rows.find(
      ({ leftOut, ...each }) =>
        leftOut !== undefined && leftOut !== 'adopted' && isSameCall(tellingOf(each), tellingOf(entry)),
    )
    if (!row) return { kind: 'known' }
    const facts = await factsOf({ ...call, id: row.id }, clickedOn(row.id), how)
    const jobs = await jobsOf(facts, call.evidence)
    if (jobs.length === 0) return { kind: 'journal-only', why: 'hook' }
    await journal.sayLate(pbx, row.id, jobs)
    return { kind: 'registering', jobs: jobs.length, as: row.id }
  }

  return {
    adopt: async (told, events) => {
      const entry = entryOf(told, events, pbx)
      const id = await freeId(entry)
      if (id === undefined) return undefined
      const isFresh = await journal.recordEnded({ ...entry, id, call: { ...told, id }, leftOut: 'adopted' }, [])
      return isFresh ? id : undefined
    },
    register: async (told, events, how = {}) => {
      const why = whyUnregistered(told, settingsFor(settings(), how))
      const entry = entryOf(told, events, pbx)
      for (;;) {
        const id = await freeId(entry)
        if (id === undefined)
          return how.onDemand && why === undefined ? registerLate(entry, told, how) : { kind: 'known' }
        const call = { ...told, id }
        const facts = await factsOf(call, clickedOn(told.id), how)
        const jobs = why === undefined ? await jobsOf(facts, call.evidence) : []
        const leftOut = why ?? (jobs.length === 0 ? 'hook' : undefined)
        const fresh = await journal.recordEnded({ ...entry, id, call, ...(leftOut && { leftOut }) }, jobs)
        // Somebody else has taken the id since.
        if (!fresh) continue
        await completeLate(facts, call.evidence, jobs)
        const as = id === told.id ? {} : { as: id }
        if (why !== undefined) return { kind: 'journal-only', why, ...as }
        return jobs.length > 0
          ? { kind: 'registering', jobs: jobs.length, ...as }
          : { kind: 'journal-only', why: 'hook', ...as }
      }
    },
  }
}

/** Greater than any instant, and JSON has it. */
const NEVER = Number.MAX_SAFE_INTEGER

/** What a call is held against: the first start counts for calls that register themselves. */
export function settingsFor(settings: RegistrationSettings, { onDemand }: RegisterHow): RegistrationSettings {
  return onDemand ? { ...settings, firstStartAt: 0 } : settings
}

function entryOf(call: Call, events: readonly unknown[], pbx: string): JournalEntry {
  const { id, linkedids, startedAt, direction } = call
  const endedAt = call.endedAt ?? startedAt
  return { pbx, id, linkedids, startedAt, endedAt, direction, clientKey: phoneKey(call.client) ?? '', call, events }
}

function sawBoth(one: unknown, other: unknown): boolean {
  return one === other && one !== 'reconstructed'
}

/** Rows come back from the disk as JSON of any version. */
function evidenceOf(call: unknown): unknown {
  return typeof call === 'object' && call !== null && 'evidence' in call ? call.evidence : undefined
}

/** `1795164754.2#3` is the third call of its linkedid. */
function numbered(id: string): { readonly linkedid: string; readonly number: number } {
  const [, linkedid = id, number = '1'] = /^(.+)#(\d+)$/.exec(id) ?? []
  return { linkedid, number: Number(number) }
}
