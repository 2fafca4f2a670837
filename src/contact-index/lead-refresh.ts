import type { CrmLead, CrmLeads } from '../crm/leads-port.ts'
import type { IndexedLead, LeadIndex } from '../store/crm-state-ports.ts'
import { sharedRun } from './shared-run.ts'

export interface LeadRefreshDeps {
  readonly crm: Pick<CrmLeads, 'leadsChangedSince'>
  readonly leads: LeadIndex
  /** Epoch milliseconds. */
  readonly now: () => number
}

/** The index of open leads, read up to date by whoever asks. */
export interface LeadRefresh {
  /** Everything that stood in the CRM when it was called is in the index when it resolves. @throws CrmError, StoreError */
  refresh(signal: AbortSignal): Promise<void>
  /** The same, but news up to half a minute old is fresh enough. @throws CrmError, StoreError */
  recent(signal: AbortSignal): Promise<void>
}

/** A lead that was written while a page was read comes again. */
const OVERLAP_MS = 60_000
const RECENT_MS = 30_000

export function createLeadRefresh({ crm, leads, now }: LeadRefreshDeps): LeadRefresh {
  let readAt: number | undefined

  const read = async (signal: AbortSignal): Promise<void> => {
    const began = now()
    const { cursor } = await leads.leadProgress()
    const since = cursor === undefined ? undefined : cursor - OVERLAP_MS
    let readUpTo = cursor
    for await (const page of crm.leadsChangedSince(since, signal)) {
      await leads.upsertLeads(page.leads.map(indexedLead))
      readUpTo = Math.max(readUpTo ?? 0, page.readUpTo)
    }
    await leads.saveLeadProgress({ complete: true, cursor: readUpTo ?? began })
    readAt = began
  }
  const shared = sharedRun(read)

  return {
    refresh: shared,
    recent: async (signal) => {
      if (readAt === undefined || now() - readAt > RECENT_MS) await shared(signal)
    },
  }
}

function indexedLead({ clients, createdAt: _, ...lead }: CrmLead): IndexedLead {
  return {
    ...lead,
    clients: clients.flatMap(({ kind, id }) => (kind === 'lead' ? [] : [{ kind, id }])),
  }
}
