import type { Sandbox } from '../amocrm-sandbox/sandbox.ts'
import type { Caller, CallPlan, PlannedCall } from './call-plan.ts'

/** What the CRM shows at the end of the day against what was planned. Knows nothing of the service. */
export interface DayReport {
  readonly calls: number
  readonly notes: number
  readonly contacts: number
  readonly leads: number
  readonly incomingLeads: number
  readonly tasks: number
  /** A sentence for each thing that is wrong; empty: nothing lost, nothing doubled. */
  readonly wrong: readonly string[]
}

/** What people took away: a number that never called again afterwards has no contact any more. */
export interface Deletion {
  readonly contact: number
  readonly at: number
}

type Seen = Pick<Sandbox, 'callNotes' | 'contacts' | 'leads' | 'tasks' | 'unsorted'>

export function checkDay(plan: CallPlan, sandbox: Seen, deletions: readonly Deletion[]): DayReport {
  const notes = sandbox.callNotes()
  const contacts = sandbox.contacts()
  const leads = sandbox.leads()
  const tasks = sandbox.tasks()
  const incoming = sandbox.unsorted()
  const wrong: string[] = []
  const ofCaller = groupBy(plan.calls, ({ caller }) => caller.phone)
  const notesByUniq = groupBy(notes, ({ uniq }) => String(uniq))
  const alive = groupBy(
    contacts
      .filter(({ deleted }) => !deleted)
      .flatMap((contact) => contact.phones.map((phone) => ({ phone, contact }))),
    ({ phone }) => lastTen(phone),
  )
  const phonesOf = new Map(contacts.map(({ id, phones }) => [id, phones.map(lastTen)]))
  const leadsByContact = groupBy(
    leads.filter(({ deleted }) => !deleted).flatMap((lead) => lead.contacts.map((contact) => ({ contact, lead }))),
    ({ contact }) => String(contact),
  )
  const contactsOfLead = new Map(leads.map(({ id, contacts: ids }) => [id, ids]))
  const numbersOf = ({ type, id }: { readonly type: string; readonly id: number }) =>
    (type === 'leads' ? (contactsOfLead.get(id) ?? []) : [id]).flatMap((contact) => phonesOf.get(contact) ?? [])
  const openTasks = groupBy(
    tasks.flatMap((task) => (task.entity ? numbersOf(task.entity).map((phone) => ({ phone, task })) : [])),
    ({ phone }) => phone,
  )

  for (const planned of plan.calls) checkNote(planned)
  const uniqs = new Set(plan.calls.map(({ call }) => `main/${call.id}`))
  for (const uniq of notesByUniq.keys()) if (!uniqs.has(uniq)) wrong.push(`a note of no call: ${uniq}`)
  for (const caller of plan.callers) checkCaller(caller, ofCaller.get(caller.phone) ?? [])
  return {
    calls: plan.calls.length,
    notes: notes.length,
    contacts: contacts.length,
    leads: leads.length,
    incomingLeads: incoming.length,
    tasks: tasks.length,
    wrong,
  }

  function checkNote({ call, caller }: PlannedCall): void {
    const uniq = `main/${call.id}`
    const told = notesByUniq.get(uniq) ?? []
    if (told.length !== 1)
      return void wrong.push(`${uniq} of ${caller.phone} (${caller.line}) has ${told.length} notes`)
    const [note] = told
    if (!note) return
    const says: readonly (readonly [string, unknown, unknown])[] = [
      ['direction', note.direction, call.direction],
      ['seconds', note.seconds, call.talkSeconds],
      ['phone', lastTen(String(note.phone)), lastTen(caller.phone)],
      ['missed', note.seconds === 0, !call.answered],
    ]
    for (const [what, is, should] of says)
      if (is !== should) wrong.push(`${uniq}: ${what} is ${String(is)} and should be ${String(should)}`)
    if (!numbersOf(note.entity).includes(lastTen(caller.phone)))
      wrong.push(
        `${uniq} of ${caller.phone} stands on ${note.entity.type} ${note.entity.id}, which is not the client's`,
      )
  }

  function checkCaller({ phone, line, known }: Caller, calls: readonly PlannedCall[]): void {
    const own = (alive.get(lastTen(phone)) ?? []).map(({ contact }) => contact)
    if (own.length > 1) wrong.push(`${phone} (${line}) has contacts ${own.map(({ id }) => id).join(', ')}`)
    if (calls.length === 0) return
    if (own.length === 0) {
      if (!wasDeletedSince(phone, Math.max(...calls.map(({ toldAt }) => toldAt))))
        wrong.push(`${phone} (${line}) called and has no contact`)
      return
    }
    const ids = new Set(own.flatMap(({ id }) => (leadsByContact.get(String(id)) ?? []).map(({ lead }) => lead.id)))
    const should = leadsDue(line, known, calls)
    if (ids.size !== should) wrong.push(`${phone} (${line}) has ${ids.size} leads and should have ${should}`)
    if (line === 'tasks') checkTasks(phone, calls)
  }

  function wasDeletedSince(phone: string, lastCallAt: number): boolean {
    return deletions.some(({ contact, at }) => at > lastCallAt && phonesOf.get(contact)?.includes(lastTen(phone)))
  }

  function checkTasks(phone: string, calls: readonly PlannedCall[]): void {
    const all = (openTasks.get(lastTen(phone)) ?? []).map(({ task }) => task)
    const open = all.filter(({ completed }) => !completed)
    const incomingCalls = calls.filter(({ call }) => call.direction === 'in')
    const missed = incomingCalls.filter(({ call }) => !call.answered)
    const lastMiss = Math.max(0, ...missed.map(({ call }) => call.endedAt ?? 0))
    const lastTalk = Math.max(0, ...calls.filter(({ call }) => call.answered).map(({ call }) => call.endedAt ?? 0))
    if (open.length > 1) wrong.push(`${phone} has ${open.length} open tasks`)
    if (all.length > missed.length) wrong.push(`${phone} has ${all.length} tasks for ${missed.length} missed calls`)
    if (lastMiss > lastTalk && open.length === 0) wrong.push(`${phone} was missed last and has no open task`)
    if (lastTalk > lastMiss && open.length > 0) wrong.push(`${phone} was talked to last and has an open task`)
  }
}

function leadsDue(line: Caller['line'], known: boolean, calls: readonly PlannedCall[]): number {
  if (line === 'leads') return 1
  if (line === 'leadEachCall') return calls.length
  return line === 'unsorted' && !known ? 1 : 0
}

function groupBy<T>(all: readonly T[], key: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  return Map.groupBy(all, key)
}

function lastTen(phone: string): string {
  return phone.replace(/\D/g, '').slice(-10)
}
