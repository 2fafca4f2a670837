import type { Call } from '../calls/call.ts'
import { phoneKey } from '../numbers/phone-number.ts'
import type { NewJob } from '../outbox/job.ts'
import type { CallFacts } from './call-facts.ts'
import type { RegistrationHooks } from './hooks.ts'
import type { CallNotePayload, CallPayload, TaskDonePayload } from './payloads.ts'
import { dialledInMenu } from './plan/plan-task.ts'
import { kindOfCall } from './rules/kind-of-call.ts'
import type { KindRule } from './rules/kind-rule.ts'
import type { RegistrationSettings } from './settings.ts'

export interface JobsOptions {
  readonly settings: RegistrationSettings
  readonly hooks: Pick<RegistrationHooks, 'has'>
  /** By whom the call was seen: what the second witness tells stands back behind live calls. */
  readonly evidence: Call['evidence']
  /** The client's open task that asked to be called back. */
  readonly openTask: number | undefined
}

/**
 * The CRM writes an ended call may need: find or make its client, then lead, task, note, changes of cards. Whether the number is known
 * shows only when the first job is sent, so the list holds what the rules for known and for unknown numbers ask for; what turns
 * out to have nothing to do ends as done. All build on the first one, none on each other: a refused lead must not cost the call its note.
 */
export function jobsForCall(call: CallFacts, { settings, hooks, evidence, openTask }: JobsOptions): readonly NewJob[] {
  const { uniq, answered, talked } = call
  const lane = laneOf(call)
  const urgency = urgencyOf(evidence)
  const rules = rulesFor(call, settings)
  const first = clientJob(call, urgency)
  const job = <Payload extends CallPayload>(name: string, kind: string, payload: Payload): NewJob => ({
    key: `${uniq}:${name}`,
    kind,
    lane,
    urgency,
    after: first.key,
    payload,
  })
  const persons = settings.notePerPerson && talked.length > 1 ? talked.map(({ extension }) => extension) : [undefined]
  const jobs: NewJob[] = [first]
  if (rules.some(makesLead)) jobs.push(job('lead', 'lead', { call }))
  if (rules.some(({ task }) => task.enabled) || wantsMenuTask(call, settings)) jobs.push(job('task', 'task', { call }))
  for (const person of persons) {
    const payload: CallNotePayload = { call, ...(person !== undefined && { person }) }
    jobs.push(job(person === undefined ? 'note' : `note/${person}`, 'call-note', payload))
  }
  if (rules.some(changesCards) || hooks.has('contact-update') || hooks.has('lead-update'))
    jobs.push(job('cards', 'card-change', { call }))
  if (answered && openTask !== undefined) jobs.push(taskDoneJob(call, openTask, evidence))
  return jobs
}

/** Completes the task that asked for the client to be called back. Builds on nothing: the task is known by its id. */
export function taskDoneJob(call: CallFacts, task: number, evidence: Call['evidence']): NewJob {
  const lane = laneOf(call)
  const payload: TaskDonePayload = { call, task, key: lane }
  return { key: `${call.uniq}:task-done`, kind: 'task-done', lane, urgency: urgencyOf(evidence), payload }
}

/** What is done while the call goes on: same keys, so that the jobs at the end find it done. */
export function earlyJobs(call: CallFacts, settings: RegistrationSettings): readonly NewJob[] {
  const first = clientJob(call, 'live')
  const lead: NewJob = {
    key: `${call.uniq}:lead`,
    kind: 'lead',
    lane: laneOf(call),
    urgency: 'live',
    after: first.key,
    payload: { call },
  }
  return rulesFor(call, settings).some(makesLead) ? [first, lead] : [first]
}

function clientJob(call: CallFacts, urgency: NewJob['urgency']): NewJob {
  const payload: CallPayload = { call }
  return { key: `${call.uniq}:client`, kind: 'client', lane: laneOf(call), urgency, payload }
}

function urgencyOf(evidence: Call['evidence']): NewJob['urgency'] {
  return evidence === 'cel' || evidence === 'cdr' ? 'backfill' : 'live'
}

/** Withheld numbers have nothing in common that could be doubled: none waits for another. */
function laneOf({ phone, uniq }: CallFacts): string {
  return phoneKey(phone) ?? (phone || uniq)
}

function rulesFor(call: CallFacts, settings: RegistrationSettings): readonly KindRule[] {
  const book = settings.rulesOf(call.line)
  return [book[kindOfCall(call, true)], book[kindOfCall(call, false)]]
}

/** An incoming lead that the account does not take becomes contact and lead. */
function makesLead({ create }: KindRule): boolean {
  return create === 'lead' || create === 'unsorted'
}

function changesCards({ changeOwner, contactFields, leadFields }: KindRule): boolean {
  return changeOwner !== 'never' || contactFields.length + leadFields.length > 0
}

function wantsMenuTask(call: CallFacts, { missedInMenu, names }: RegistrationSettings): boolean {
  return missedInMenu === 'task' && dialledInMenu({ call, isPerson: (extension) => names.has(extension) }) !== undefined
}
