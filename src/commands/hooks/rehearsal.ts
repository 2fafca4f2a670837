import type { Config } from '../../config/schema.ts'
import type { HookValues } from '../../hooks/hook.ts'
import type { HookPoint } from '../../hooks/points.ts'
import { type CallFacts, callFacts } from '../../registration/call-facts.ts'
import { callNote } from '../../registration/handlers/call-note.ts'
import { valuesOf } from '../../registration/handlers/call-values.ts'
import { type CardsOfCall, cardsOfCall } from '../../registration/handlers/cards-of-call.ts'
import { refOf } from '../../registration/handlers/ground.ts'
import { newContact, newIncomingLead } from '../../registration/handlers/new-client.ts'
import { newLead } from '../../registration/handlers/new-lead.ts'
import { newTask } from '../../registration/handlers/new-task.ts'
import { noHooks } from '../../registration/hooks.ts'
import { planCardChanges } from '../../registration/plan/plan-card-changes.ts'
import { lineRules } from '../../service/routing-settings.ts'
import { clickSettings, registrationSettings } from '../../service/settings.ts'
import type { PastCall } from './past-call.ts'

const { signal } = new AbortController()

/** What a hook would have been given for a past call: the value as the rules make it today, whether or not they would make it of this call. */
export async function rehearsedValue(point: HookPoint, past: PastCall, config: Config): Promise<HookValues[HookPoint]> {
  const { call, client } = past
  const settings = registrationSettings(config, 0)
  const { country, quietAfterSeconds } = settings
  const at = call.endedAt ?? call.startedAt
  const facts = callFacts(call, { pbx: config.service.pbx, country, quietAfterSeconds, moment: 'end', at })
  const stranger = { settings, hooks: noHooks, draw: client.draw, tokenUser: undefined, recordingUrl: undefined }
  const cards = () => cardsOf(past, facts, settings)
  switch (point) {
    case 'need-registration':
      return true
    case 'client-phone':
      return facts.phone
    case 'recording-path':
      return call.recordings[0] ?? ''
    case 'contact-creation':
      return newContact(facts, stranger)
    case 'unsorted-creation':
      return newIncomingLead(facts, stranger)
    case 'lead-creation':
      return newLead(facts, client, { settings, tokenUser: undefined })
    case 'task-creation':
      return (await newTask({ call: facts, client, cards: await cards(), settings, hooks: noHooks })).task
    case 'call-parameters':
      return callNote({ call: facts }, await cards(), { settings, quiet: false, recordingUrl: undefined })
    case 'contact-update':
    case 'lead-update':
      return changeOf(point === 'lead-update' ? 'lead' : client.kind, past, await cards(), facts, settings)
    case 'post-registration':
      return { entity: refOf((await cards()).entity), note: noteIn((await past.job('note'))?.result) }
    case 'routing':
      return { extension: call.people[0]?.extension ?? '', ringSeconds: lineRules(config)(call.line).ringSeconds }
    case 'originate':
      return originateOf(past, config)
    case 'card': {
      const { kind, id, owner } = client
      return { state: 'known', kind, id, name: '', owner }
    }
    default:
      return point satisfies never
  }
}

type Settings = ReturnType<typeof registrationSettings>

function cardsOf({ client, job, memory }: PastCall, facts: CallFacts, settings: Settings): Promise<CardsOfCall> {
  const deps = {
    settings: () => settings,
    jobs: { get: (key: string) => job(key.slice(key.lastIndexOf(':') + 1)) },
    tokenUser: async () => undefined,
    leads: { openLeadsOf: memory.leads.openLeadsOf, recent: async () => undefined },
  }
  return cardsOfCall(deps, facts, client, signal)
}

function changeOf(
  kind: 'contact' | 'company' | 'lead',
  { client }: PastCall,
  { rule, responsible, leads, newLead: made }: CardsOfCall,
  facts: CallFacts,
  settings: Settings,
): HookValues['lead-update'] {
  const open = made ?? leads[0] ?? { id: 1, owner: 0, pipeline: 0, status: 0 }
  const { changes } = planCardChanges({
    rule,
    client: { kind: client.kind, id: client.id, owner: client.owner },
    lead: { kind: 'lead', id: open.id, owner: open.owner, pipeline: open.pipeline, status: open.status, made: false },
    person: responsible.user,
    old: false,
    values: valuesOf(facts, settings),
  })
  const id = kind === 'lead' ? open.id : client.id
  return changes.find(({ entity }) => entity.kind === kind) ?? { entity: { kind, id } }
}

function originateOf({ call }: PastCall, config: Config): HookValues['originate'] {
  const { context, dialString, callerName, ringSeconds } = clickSettings(config)
  const extension = call.startedBy ?? call.responsible
  const endpoint = dialString.replaceAll('{extension}', extension || (call.people[0]?.extension ?? '101'))
  return { endpoint, context, dialled: call.client, callerName, ringSeconds, variables: {} }
}

function noteIn(result: unknown): number {
  const told = typeof result === 'object' && result !== null && 'note' in result ? result.note : undefined
  return typeof told === 'number' ? told : 1
}
