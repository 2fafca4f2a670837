import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { LastTalks, LeadIndex } from '../store/crm-state-ports.ts'
import type { ContactIndex } from '../store/ports.ts'
import type { Availability } from './availability.ts'
import { chooseRoute, type LineRule, type Route } from './route.ts'

export interface ResponsibleDeps {
  readonly index: Pick<ContactIndex, 'lookup' | 'progress'>
  readonly leads: Pick<LeadIndex, 'openLeadsOf'>
  readonly lastTalks: LastTalks
  readonly people: Availability
  /** Whether somebody may be rung on a line at an instant. */
  readonly isOpen: (did: string, at: number) => boolean
  /** A number of ours that does not ring on a desk. */
  readonly isStaffMobile: (number: string) => boolean
  /** ISO 3166 country of national numbers. */
  readonly country: () => string
}

export interface Asked {
  readonly line: LineRule
  readonly did: string
  readonly number: string
  readonly displayName: string
  /** Epoch milliseconds. */
  readonly at: number
  /** The call, where there is one. */
  readonly linkedid?: string
}

/** Who should get a call: the one way it is found out, for callers who wait in the dialplan and for scripts that ask at the door. */
export type FindResponsible = (asked: Asked) => Promise<Route>

/** Reads the service's own indexes only; none of these reads waits for a commit or for the CRM. */
export function createFindResponsible(deps: ResponsibleDeps): FindResponsible {
  const { index, leads, lastTalks, people, isOpen, isStaffMobile, country } = deps
  return async ({ line, did, number, displayName, at }) => {
    const key = phoneKey(normalisePhone(number, country()))
    const clients = key === undefined ? [] : await index.lookup(key)
    const wanted = (step: LineRule['order'][number]) => line.mode === 'on' && line.routing && line.order.includes(step)
    const open = clients.length > 0 && wanted('lead') ? await leads.openLeadsOf(clients) : []
    const lastTalk = key !== undefined && wanted('last-talked') ? await lastTalks.with(key) : undefined
    const { complete } = await index.progress()
    return chooseRoute({
      line,
      clients,
      leads: open,
      lastTalk,
      displayName,
      isStaff: number !== '' && isStaffMobile(number),
      open: isOpen(did, at),
      indexComplete: complete,
      people,
      at,
    })
  }
}
