import { z } from 'zod'
import type { NewCallNote } from '../crm/port.ts'
import type { RegistrationPort, Standing, WrittenNote } from '../reconciliation/registration-port.ts'
import { callFacts } from '../registration/call-facts.ts'
import { ClientResult } from '../registration/handlers/client-result.ts'
import { type NoteChanges, notesOfCall } from '../registration/note-changes.ts'
import { type Registrar, settingsFor } from '../registration/registrar.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import { whyUnregistered } from '../registration/why-unregistered.ts'
import type { OutboxStore, StoredJob } from '../store/ports.ts'

export interface RegistrationPortDeps {
  readonly registrar: Registrar
  readonly noteChanges: NoteChanges
  readonly jobs: Pick<OutboxStore, 'get'>
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

/** Joins the passes over the PBX's records to the registration of live calls. */
export function registrationPort(deps: RegistrationPortDeps): RegistrationPort {
  const { registrar, noteChanges, jobs, settings, pbx, wakeOutbox } = deps

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
          wakeOutbox()
          return { kind: 'registering', id: registered.as ?? call.id }
      }
    },
    standing: (callId) => standingOf(jobs, `${pbx}/${callId}`),
    async retell(callId, call) {
      const { country, quietAfterSeconds } = settings()
      if (!call) return noteChanges.change(callId, {})
      const at = call.endedAt ?? call.startedAt
      const facts = callFacts({ ...call, id: callId }, { pbx, country, quietAfterSeconds, moment: 'end', at })
      return noteChanges.change(callId, { call: facts })
    },
  }
}

async function standingOf(jobs: Pick<OutboxStore, 'get'>, uniq: string): Promise<Standing> {
  const client = await jobs.get(`${uniq}:client`)
  const notes = await notesOfCall(jobs, uniq)
  const all = [...(client ? [client] : []), ...notes]
  if (all.length === 0) return { kind: 'no-jobs' }
  const dead = all.find(({ state }) => state === 'dead')
  if (dead) return { kind: 'refused', reason: dead.reason ?? '' }
  if (all.some(({ state }) => state !== 'done')) return { kind: 'waiting' }
  const found = ClientResult.safeParse(client?.result).data
  if (found?.kind === 'unsorted') return { kind: 'in-incoming-lead', lead: found.lead }
  if (found?.kind === 'nobody') return { kind: 'nobody' }
  return { kind: 'written', notes: (await Promise.all(notes.map((note) => lastTelling(jobs, note)))).flat() }
}

/** As its last change told it, which replaced all that was told before. */
async function lastTelling(jobs: Pick<OutboxStore, 'get'>, note: StoredJob): Promise<readonly WrittenNote[]> {
  const first = Written.safeParse(note.result).data
  if (!first) return []
  let sent = first.sent
  for (let number = 1; ; number += 1) {
    const change = await jobs.get(`${note.key}-change/${number}`)
    if (!change) break
    sent = Written.safeParse(change.result).data?.sent ?? sent
  }
  const { entity, uniq, direction, talkSeconds, status, person } = sent
  const told = { entity, uniq, direction, talkSeconds, status, person: String(person ?? '') }
  return [{ ...told, id: first.note, adopted: first.adopted ?? false }]
}
