import type { CrmNotices } from '../notices.ts'
import type { Crm } from '../port.ts'
import type { CrmRawRequests } from '../raw-requests.ts'
import { readAccount, readUsers } from './account.ts'
import { type ApiLog, createApi, type Pace, type Urgency } from './api.ts'
import {
  callNotesChangedSince,
  callNotesOn,
  changeCallNotes,
  createCallNotes,
  leadCallNotesSince,
} from './call-notes.ts'
import { changeEntities } from './change-entities.ts'
import { changeTasks, tasksById } from './change-tasks.ts'
import { allClients, changedClients } from './changed-clients.ts'
import { clientsById, contactsCreatedSince, findClientsByPhone } from './clients.ts'
import { createContacts } from './create-contacts.ts'
import { createLeads } from './create-leads.ts'
import { onCrmClock } from './crm-clock.ts'
import { createFieldWriter, readCustomFields } from './custom-fields.ts'
import { createIncomingLeads, incomingLeadsSince, stillIncoming, takesIncomingLeads } from './incoming-leads.ts'
import { allOpenLeads, changedLeads, leadsById, leadsCreatedSince } from './leads.ts'
import { createStages, readPipelines } from './pipelines.ts'
import { createPopups } from './popups.ts'
import { ask } from './raw.ts'
import { readNotices } from './read-notices.ts'
import { createTasks, openTasksOn, tasksOn } from './tasks.ts'
import type { TokenSource } from './token-source.ts'
import { createTransport, type Transport } from './transport.ts'
import { standing, subscribe } from './webhooks.ts'

export interface AmocrmOptions {
  /** Where the account is, and what it takes. */
  readonly tokens: TokenSource
  /** Name of the telephony in the CRM's feed. */
  readonly source: string
  /** Country of numbers written without a country code, `RU`. */
  readonly country: string
  /** Every request goes through it. */
  readonly pace: Pace
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: ApiLog
  readonly transport?: Transport
}

/** Everything the port asks for, and what only some need: notices and raw requests. */
export interface Amocrm extends Crm, CrmNotices, CrmRawRequests {}

/** amoCRM (and Kommo) behind the port. */
export function createAmocrm(options: AmocrmOptions): Amocrm {
  const { source, country, now, tokens, pace, log } = options
  const api = createApi({ tokens, pace, transport: options.transport ?? createTransport(), now, log })
  const fields = createFieldWriter(api, now)
  const stages = createStages(api, now)
  const popups = createPopups(api)
  let accountId: number | undefined
  const reading = (since: number | undefined, signal: AbortSignal, urgency: Urgency = 'live') => ({
    since,
    signal,
    urgency,
    now,
  })
  return {
    async account(signal) {
      const account = await readAccount(api, signal)
      accountId = account.id
      return account
    },
    users: (signal) => readUsers(api, signal),
    clientsChangedSince: (since, signal, urgency) => changedClients(api, reading(since, signal, urgency)),
    allClients: (options, signal) => allClients(api, { ...options, now, signal }),
    allOpenLeads: (options, signal) => allOpenLeads(api, stages, { ...options, now, signal }),
    findClientsByPhone: (phone, signal) => findClientsByPhone(api, country, phone, signal),
    createContacts: (contacts, signal) => createContacts({ api, fields, log }, contacts, signal),
    createCallNotes: (notes, signal) => createCallNotes(api, source, notes, signal),
    createTasks: (tasks, signal) => createTasks(api, tasks, signal),
    createIncomingLeads: (leads, signal) => createIncomingLeads(api, fields, leads, signal),
    takesIncomingLeads: (pipeline, signal) => takesIncomingLeads(api, pipeline, signal),
    stillIncoming: (uids, signal) => stillIncoming(api, uids, signal),
    incomingLeadsSince: (since, signal) => incomingLeadsSince(api, since, signal),
    clientsById: (clients, signal, urgency = 'live') => clientsById(api, clients, urgency, signal),
    contactsCreatedSince: (since, signal) => contactsCreatedSince(api, since, signal),
    callNotesOn: (entities, since, signal) => callNotesOn(api, entities, since, signal),
    leadCallNotesSince: (since, signal) => leadCallNotesSince(api, since, signal),
    openTasksOn: (entities, signal) => openTasksOn(api, entities, signal),
    tasksOn: (entities, since, signal) => tasksOn(api, entities, since, signal),
    announceCall: popups.announce,
    pipelines: (signal) => readPipelines(api, signal),
    leadsChangedSince: (since, signal, urgency) => changedLeads(api, stages, reading(since, signal, urgency)),
    leadsById: (ids, signal, urgency = 'live') => leadsById(api, stages, ids, urgency, signal),
    createLeads: (leads, signal) => createLeads(api, fields, leads, signal),
    leadsCreatedSince: (since, signal) => leadsCreatedSince(api, stages, since, signal),
    changeEntities: (changes, signal) => changeEntities(api, fields, changes, signal),
    customFields: (kind, signal) => readCustomFields(api, kind, signal),
    changeTasks: (changes, signal) => changeTasks(api, changes, signal),
    tasksById: (ids, signal) => tasksById(api, ids, signal),
    changeCallNotes: (changes, signal) => changeCallNotes(api, source, changes, signal),
    callNotesChangedSince: (kind, since, signal) =>
      callNotesChangedSince(api, kind, reading(onCrmClock(api, since), signal, 'index')),
    subscribe: (url, signal) => subscribe(api, url, signal),
    standing: (prefix, signal) => standing(api, prefix, signal),
    read: (body) => readNotices(body, accountId),
    ask: (method, path, body, signal) => ask(api, method, path, body, signal),
  }
}
