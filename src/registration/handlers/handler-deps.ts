import type { Crm } from '../../crm/port.ts'
import type { CallbackTasks, IndexedLead, LastTalks, LeadIndex } from '../../store/crm-state-ports.ts'
import type { ContactIndex, OutboxStore } from '../../store/ports.ts'
import type { CallFacts } from '../call-facts.ts'
import type { RegistrationHooks } from '../hooks.ts'
import type { RegistrationSettings } from '../settings.ts'
import type { Turns } from '../turns.ts'

/** What carrying out the jobs of calls needs; each handler takes its part. */
export interface HandlerDeps {
  readonly crm: Crm
  readonly index: ContactIndex
  readonly leads: OpenLeads
  readonly callbackTasks: CallbackTasks
  readonly lastTalks: LastTalks
  /** Results of the call's other jobs. */
  readonly jobs: Pick<OutboxStore, 'get'>
  /**
   * Brings the contact index up to everything that stood in the CRM when it was called; `false` while the first fill is under way, when
   * absence from the index means nothing. Callers who ask at the same time share one delta.
   * @param asOf news up to then will do, epoch milliseconds
   */
  readonly refresh: (signal: AbortSignal, asOf?: number) => Promise<boolean>
  /** As they stand now: rules are looked up when a job is sent. */
  readonly settings: () => RegistrationSettings
  /** CRM user for calls that belong to nobody where the settings name none: whom the token belongs to. */
  readonly tokenUser: (signal: AbortSignal) => Promise<number | undefined>
  readonly hooks: RegistrationHooks
  readonly turns: Turns
  /** Link under which managers hear the call; undefined while there is none. */
  readonly recordingUrl: (call: CallFacts) => string | undefined
  /** Epoch milliseconds. */
  readonly now: () => number
  /** In [0, 1). */
  readonly random: () => number
}

/** The index of open leads, kept fresh by whoever asks. */
export interface OpenLeads extends Pick<LeadIndex, 'upsertLeads' | 'removeLead'> {
  /** The latest changed first. */
  openLeadsOf: LeadIndex['openLeadsOf']
  /** Everything that stood in the CRM when it was called (or at `asOf`, epoch milliseconds) is in the index when it resolves. @throws CrmError */
  refresh(signal: AbortSignal, asOf?: number): Promise<void>
  /** The same, but news up to half a minute old is fresh enough. @throws CrmError */
  recent(signal: AbortSignal): Promise<void>
}

export type OpenLead = IndexedLead
