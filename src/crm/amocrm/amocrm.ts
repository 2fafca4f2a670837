import type { Crm } from '../port.ts'
import { announceCall, readAccount, readUsers } from './account.ts'
import { type ApiLog, createApi, type Pace } from './api.ts'
import { callNotesOn, createCallNotes, leadCallNotesSince } from './call-notes.ts'
import { changedClients } from './changed-clients.ts'
import { clientsById, contactsCreatedSince, createContacts, findClientsByPhone } from './clients.ts'
import { createIncomingLeads, incomingLeadsSince, stillIncoming, takesIncomingLeads } from './incoming-leads.ts'
import { accountOrigin } from './origin.ts'
import { createTasks, openTasksOn, tasksOn } from './tasks.ts'
import { createTransport, type Transport } from './transport.ts'

export interface AmocrmOptions {
  /** `acme`, `acme.amocrm.ru` or the full address; http only to this machine itself. */
  readonly account: string
  /** Long-lived token of a private integration. */
  readonly token: string
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

/**
 * amoCRM (and Kommo) behind the port.
 * @throws RangeError when `account` is no address a token may be sent to
 */
export function createAmocrm(options: AmocrmOptions): Crm {
  const { source, country, now } = options
  const api = createApi({
    origin: accountOrigin(options.account),
    token: options.token,
    pace: options.pace,
    transport: options.transport ?? createTransport(),
    now,
    log: options.log,
  })
  return {
    account: (signal) => readAccount(api, signal),
    users: (signal) => readUsers(api, signal),
    clientsChangedSince: (since, signal, urgency = 'live') => changedClients(api, since, now, urgency, signal),
    findClientsByPhone: (phone, signal) => findClientsByPhone(api, country, phone, signal),
    createContacts: (contacts, signal) => createContacts(api, contacts, signal),
    createCallNotes: (notes, signal) => createCallNotes(api, source, notes, signal),
    createTasks: (tasks, signal) => createTasks(api, tasks, signal),
    createIncomingLeads: (leads, signal) => createIncomingLeads(api, leads, signal),
    takesIncomingLeads: (pipeline, signal) => takesIncomingLeads(api, pipeline, signal),
    stillIncoming: (uids, signal) => stillIncoming(api, uids, signal),
    incomingLeadsSince: (since, signal) => incomingLeadsSince(api, since, signal),
    clientsById: (clients, signal, urgency = 'live') => clientsById(api, clients, urgency, signal),
    contactsCreatedSince: (since, signal) => contactsCreatedSince(api, since, signal),
    callNotesOn: (entities, since, signal) => callNotesOn(api, entities, since, signal),
    leadCallNotesSince: (since, signal) => leadCallNotesSince(api, since, signal),
    openTasksOn: (entities, signal) => openTasksOn(api, entities, signal),
    tasksOn: (entities, since, signal) => tasksOn(api, entities, since, signal),
    announceCall: (phone, users, signal) => announceCall(api, phone, users, signal),
  }
}
