/** Whom a line may ask for, in the words of the configuration. */
export type RouteStep = 'lead' | 'contact' | 'company' | 'last-talked' | 'list'

/** Why somebody is asked for. */
export type Named =
  | 'owner-of-open-lead'
  | 'owner-of-contact'
  | 'owner-of-company'
  | 'talked-last'
  | 'list-of-line'
  /** By a customer's script. */
  | 'chosen-by-hook'

/** Why somebody who was to be asked is not. */
export type SkipReason =
  /** The owner in the CRM is nobody with a phone here. */
  | 'no-extension'
  | 'dismissed'
  /** The person is in mode `watch` or `off`. */
  | 'not-on'
  | 'off-duty'
  | 'unregistered'
  | 'do-not-disturb'
  | 'talking'

/** Somebody who may be rung: a user of the CRM, or an extension. */
export type Candidate = { readonly named: Named } & (
  | { readonly user: number; readonly extension?: never }
  | { readonly extension: string; readonly user?: never }
)

/** A candidate passed over. */
export interface Skipped {
  readonly named: Named
  readonly why: SkipReason
  readonly user?: number
  readonly extension?: string
}
