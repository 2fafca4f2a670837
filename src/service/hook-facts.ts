import type { Call } from '../calls/call.ts'
import type { CallTracker } from '../calls/call-tracker.ts'
import type { EntityRef } from '../crm/port.ts'
import type { HookClient, HookLead, HookLine, HookPerson } from '../hooks/hook.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { Store } from '../store/ports.ts'
import type { LiveConfig } from './live-config.ts'

export interface HookFactsDeps {
  readonly live: LiveConfig
  readonly store: {
    readonly journal: Pick<Store['journal'], 'find'>
    readonly contactIndex: Pick<Store['contactIndex'], 'lookup'>
    readonly leads: Pick<Store['leads'], 'openLeadsOf'>
  }
  readonly tracker: Pick<CallTracker, 'find'>
}

export interface AboutHook {
  readonly phone: string
  readonly line: string
  readonly extensions: readonly string[]
  readonly client?: EntityRef | undefined
}

/** What every hook is told beside its value. */
export interface ToldHook {
  readonly pbx: string
  readonly line: HookLine
  readonly people: readonly HookPerson[]
  readonly client?: EntityRef
  readonly clients: readonly HookClient[]
  readonly openLeads: readonly HookLead[]
}

/** What hooks are told, out of our own memory: no hook waits for the CRM before it begins. */
export interface HookFacts {
  /** @throws StoreError */
  tell(about: AboutHook): Promise<ToldHook>
  /** A call by its id; undefined when nobody knows it any more. @throws StoreError */
  callOf(id: string): Promise<Call | undefined>
}

export function createHookFacts({ live, store, tracker }: HookFactsDeps): HookFacts {
  const labels = live.derive(({ lines }) => new Map(lines.map(({ did, label }) => [did, label || did])))
  const people = live.derive(({ staff }) => new Map(staff.people.map((person) => [person.extension, person])))

  const personAt = (extension: string): HookPerson => {
    const person = people().get(extension)
    const user = person?.user
    return { extension, name: person?.name ?? '', ...(user !== undefined && { user }) }
  }

  return {
    tell: async ({ phone, line, extensions, client }) => {
      const { service, numbers } = live.current()
      const key = phoneKey(normalisePhone(phone, numbers.country))
      const clients = key === undefined ? [] : await store.contactIndex.lookup(key)
      const leads = clients.length === 0 ? [] : await store.leads.openLeadsOf(clients)
      return {
        pbx: service.pbx,
        line: { did: line, label: labels().get(line) ?? line },
        people: [...new Set(extensions)].map(personAt),
        ...(client && { client: { kind: client.kind, id: client.id } }),
        clients: clients.map(({ kind, id, name, owner }) => ({ kind, id, name, owner })),
        openLeads: leads.map(({ id, name, owner, pipeline, status }) => ({ id, name, owner, pipeline, status })),
      }
    },
    callOf: async (id) => {
      const lives = tracker.find(id)
      if (lives?.id === id) return lives
      const entry = await store.journal.find(live.current().service.pbx, id)
      // Written by the journal: a Call of this or an earlier version.
      return entry && { ...(entry.call as Call), id: entry.id, endedAt: entry.endedAt }
    },
  }
}

/** Whose phones rang or talked, and who began it. */
export function extensionsOf(call: Pick<Call, 'people' | 'startedBy'>): readonly string[] {
  return [...call.people.map(({ extension }) => extension), ...(call.startedBy === undefined ? [] : [call.startedBy])]
}
