import type { CrmLead } from './leads-port.ts'

/**
 * Reading all there is, once: the first fill of an index. Requests stand back behind everybody's.
 * @typeParam Client a contact or company of the port
 */
export interface CrmFill<Client> {
  /** All contacts and companies, except those in the trash or in unsorted. */
  allClients(options: FillOptions, signal: AbortSignal): AsyncIterable<FillPage<Client>>
  /** All leads that are open. */
  allOpenLeads(options: FillOptions, signal: AbortSignal): AsyncIterable<FillPage<CrmLead>>
}

export interface FillOptions {
  /** Of the last page of a reading that was stopped: it goes on there. One that cannot be understood begins anew. */
  readonly position: string | undefined
  /** How many ranges are read at once. */
  readonly sideBySide: number
}

/** Pages come in no order, and somebody may come twice. The first one is empty. */
export interface FillPage<T> {
  readonly entities: readonly T[]
  /** How far the reading has come with this page. */
  readonly position: string
  /** Who changes after this instant (the CRM's clock) is not read: changes since then are to be read afterwards. The same for a reading that goes on. */
  readonly changesSince: number
  /** About how many there are in all, a tenth more or less. */
  readonly about: number
}
