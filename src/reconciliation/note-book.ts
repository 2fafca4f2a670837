import type { Crm, EntityKind, StoredCallNote } from '../crm/port.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'

/** Two witnesses of one call agree on its start within this (design section 5). */
const SAME_START_MS = 10_000
/** Notes are found by the time of their last change, which is never before the call; clocks may differ a little. */
const MARGIN_MS = 600_000
const KINDS: readonly EntityKind[] = ['lead', 'contact', 'company']

/** The call notes that stand in the CRM, as they were read back. */
export interface NoteBook {
  /** Our clock when the reading began: what was written later need not be in it. */
  readonly readAt: number
  /** Whatever stands under our name for a call, or is the note that we wrote or adopted. */
  notesOf(note: { readonly uniq: string; readonly id: number }): readonly StoredCallNote[]
  /**
   * A note of somebody else that tells this call: same client, same direction, a start within ten seconds. Each is given once,
   * and to the call that asks first.
   */
  claimForeign(call: ForeignKey): StoredCallNote | undefined
}

export interface ForeignKey {
  readonly client: string
  readonly direction: string
  readonly startedAt: number
}

export interface NoteBookDeps {
  readonly crm: Pick<Crm, 'callNotesChangedSince'>
  readonly pbx: string
  /** ISO 3166. */
  readonly country: string
  readonly now: () => number
}

/**
 * Reads every call note written or changed since then; 250 come with a request, leads, contacts and companies have lists of their own.
 * @throws CrmError
 */
export async function readNoteBook(deps: NoteBookDeps, since: number, signal: AbortSignal): Promise<NoteBook> {
  const { crm, pbx, country, now } = deps
  const readAt = now()
  const byId = new Map<number, StoredCallNote>()
  for (const kind of KINDS) {
    for await (const page of crm.callNotesChangedSince(kind, since - MARGIN_MS, signal)) {
      // One that changes while it is read may come twice.
      for (const note of page) byId.set(note.id, note)
    }
  }
  const byUniq = Map.groupBy(byId.values(), ({ uniq }) => uniq)
  const foreign = Map.groupBy(
    byId.values().filter(({ uniq }) => !uniq.startsWith(`${pbx}/`)),
    ({ phone, direction }) => `${direction} ${phoneKey(normalisePhone(phone, country)) ?? phone}`,
  )
  const claimed = new Set<number>()

  return {
    readAt,
    notesOf({ uniq, id }) {
      const named = uniq === '' ? [] : (byUniq.get(uniq) ?? [])
      const own = byId.get(id)
      return own && !named.includes(own) ? [...named, own] : named
    },
    claimForeign({ client, direction, startedAt }) {
      const distance = (note: StoredCallNote) => Math.abs(note.startedAt - startedAt)
      const near = (foreign.get(`${direction} ${phoneKey(normalisePhone(client, country)) ?? client}`) ?? [])
        .filter((note) => !claimed.has(note.id) && distance(note) <= SAME_START_MS)
        .toSorted((a, b) => distance(a) - distance(b))[0]
      if (near) claimed.add(near.id)
      return near
    },
  }
}
