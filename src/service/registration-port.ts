import { z } from 'zod'
import type { NewCallNote } from '../crm/port.ts'
import type { RegistrationPort, Standing, WrittenNote } from '../reconciliation/registration-port.ts'
import { callFacts } from '../registration/call-facts.ts'
import { ClientResult } from '../registration/handlers/client-result.ts'
import { type NoteChanges, notesOfCall } from '../registration/note-changes.ts'
import { type Registrar, settingsFor } from '../registration/registrar.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import { whyUnregistered } from '../registration/why-unregistered.ts'
import type { Decisions } from '../store/crm-state-ports.ts'
import type { CallJournal, OutboxStore, StoredJob } from '../store/ports.ts'

export interface RegistrationPortDeps {
  readonly registrar: Registrar
  readonly noteChanges: NoteChanges
  readonly jobs: Pick<OutboxStore, 'get'>
  readonly journal: Pick<CallJournal, 'retell'>
  readonly decisions: Pick<Decisions, 'add'>
  readonly now: () => number
  readonly settings: () => RegistrationSettings
  readonly pbx: string
  /** New jobs wait in the outbox. */
  readonly wakeOutbox: () => void
}

const Written = z.object({
  note: z.number(),
  adopted: z.boolean().optional(),
  sent: z.custom<NewCallNote>((value) => typeof value === 'object' && value !== null),
})

/** Calls of a page are registered one after another, and should travel together. */
const GATHER_MS = 50

/** Joins the passes over the PBX's records to the registration of live calls. */
export function registrationPort(deps: RegistrationPortDeps): RegistrationPort {
  const { registrar, noteChanges, jobs, journal, decisions, now, settings, pbx, wakeOutbox } = deps

  /** CDR alone: people who ask why the call stands as it does are told so. */
  const sayApproximate = (id: string): Promise<void> =>
    decisions.add(pbx, id, [{ at: now(), about: 'witness', code: 'cdr-alone', facts: {} }])

  let wake: NodeJS.Timeout | undefined
  const wakeSoon = (): void => {
    wake ??= setTimeout(() => {
      wake = undefined
      wakeOutbox()
    }, GATHER_MS)
    wake.unref()
  }

  return {
    leftOutBecause: (call, onDemand) => whyUnregistered(call, settingsFor(settings(), { onDemand })),
    async register(call, events, how) {
      const registered = await registrar.register(call, events, how)
      switch (registered.kind) {
        case 'known':
          return { kind: 'known' }
        case 'journal-only':
          return { kind: 'left-out', why: registered.why }
        case 'registering':
          wakeSoon()
          if (call.evidence === 'cdr') await sayApproximate(registered.as ?? call.id)
          return { kind: 'registering', id: registered.as ?? call.id }
      }
    },
    standing: (callId) => standingOf(jobs, `${pbx}/${callId}`),
    async adopt(call, events, note) {
      const id = await registrar.adopt(call, events)
      if (id === undefined) return
      await decisions.add(pbx, id, [{ at: now(), about: 'note', code: 'adopted', facts: { note } }])
    },
    async retell(callId, told) {
      if (!told) return noteChanges.change(callId, {})
      const { country, quietAfterSeconds } = settings()
      const call = { ...told.call, id: callId }
      const at = call.endedAt ?? call.startedAt
      const facts = callFacts(call, { pbx, country, quietAfterSeconds, moment: 'end', at })
      // The journal last: should the disk refuse it, the next pass does both again, and the note is told the same.
      const notes = await noteChanges.change(callId, { call: facts })
      await journal.retell({ pbx, id: callId, endedAt: at, call, events: told.events })
      return notes
    },
  }
}

async function standingOf(jobs: Pick<OutboxStore, 'get'>, uniq: string): Promise<Standing> {
  const client = await jobs.get(`${uniq}:client`)
  const notes = await notesOfCall(jobs, uniq)
  const changes = await Promise.all(notes.map((note) => changesOf(jobs, note)))
  const all = [...(client ? [client] : []), ...notes, ...changes.flat()]
  if (all.length === 0) return { kind: 'no-jobs' }
  const dead = all.find(({ state }) => state === 'dead')
  if (dead) return { kind: 'refused', reason: dead.reason ?? '' }
  if (all.some(({ state }) => state !== 'done')) return { kind: 'waiting' }
  const found = ClientResult.safeParse(client?.result).data
  if (found?.kind === 'unsorted') return { kind: 'in-incoming-lead', lead: found.lead }
  if (found?.kind === 'nobody') return { kind: 'nobody' }
  return {
    kind: 'written',
    notes: notes.flatMap((note, at) => lastTelling(note, changes[at] ?? [])),
    writtenAt: Math.max(...all.map(({ lastAttemptEndedAt = 0 }) => lastAttemptEndedAt)),
    retellings: Math.max(0, ...changes.map(({ length }) => length)),
  }
}

async function changesOf(jobs: Pick<OutboxStore, 'get'>, note: StoredJob): Promise<readonly StoredJob[]> {
  const changes: StoredJob[] = []
  for (;;) {
    const change = await jobs.get(`${note.key}-change/${changes.length + 1}`)
    if (!change) return changes
    changes.push(change)
  }
}

/** As its last change told it, which replaced all that was told before. */
function lastTelling(note: StoredJob, changes: readonly StoredJob[]): readonly WrittenNote[] {
  const first = Written.safeParse(note.result).data
  if (!first) return []
  const last = changes.map(({ result }) => Written.safeParse(result).data).findLast((one) => one !== undefined)
  const { entity, uniq, direction, talkSeconds, status, person } = (last ?? first).sent
  const told = { entity, uniq, direction, talkSeconds, status, person: String(person ?? '') }
  return [
    {
      ...told,
      id: first.note,
      adopted: first.adopted === true && first.sent.uniq !== note.key.replace(/:note(\/.*)?$/, '$1'),
    },
  ]
}
