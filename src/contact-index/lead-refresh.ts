import { indexedLead } from '../crm/indexed-lead.ts'
import type { Crm } from '../crm/port.ts'
import type { LeadIndex } from '../store/crm-state-ports.ts'
import type { Settings } from '../store/ports.ts'
import { createFirstFill, type FillProgress } from './first-fill.ts'
import type { IndexLog } from './index-log.ts'
import { createRounds, type RoundError } from './rounds.ts'
import { sharedRun } from './shared-run.ts'

export interface LeadRefreshDeps {
  readonly crm: Pick<Crm, 'leadsChangedSince' | 'allOpenLeads'>
  readonly leads: LeadIndex
  /** How far the first fill came. */
  readonly settings: Settings
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: IndexLog
  /** Seconds between two looks for changes. */
  readonly every: number
}

/** The index of open leads: kept fresh by itself, and read up to date by whoever asks. */
export interface LeadRefresh {
  /** First fill, then changes for ever; resolves when `signal` aborts. What the CRM refuses is waited out. */
  run(signal: AbortSignal): Promise<void>
  /** Everything that stood in the CRM when it was called (or at `asOf`, epoch milliseconds) is in the index when it resolves. @throws CrmError, StoreError */
  refresh(signal: AbortSignal, asOf?: number): Promise<void>
  /** The same, but news up to half a minute old is fresh enough. @throws CrmError, StoreError */
  recent(signal: AbortSignal): Promise<void>
  status(): Promise<LeadIndexStatus>
}

export interface LeadIndexStatus {
  readonly complete: boolean
  readonly leads: number
  /** The first fill, while it is under way. */
  readonly fill: FillProgress | undefined
  readonly lastError: RoundError | undefined
}

/** A lead that was written while a page was read comes again. */
const OVERLAP_MS = 60_000
const RECENT_MS = 30_000
/** Leads are heavy, and clients are filled at the same time. */
const SIDE_BY_SIDE = 2

export function createLeadRefresh({ crm, leads, settings, now, log, every }: LeadRefreshDeps): LeadRefresh {
  const fill = createFirstFill({
    what: 'leads',
    pages: crm.allOpenLeads,
    keep: (some) => leads.upsertLeads(some.map(indexedLead)),
    settings,
    sideBySide: SIDE_BY_SIDE,
    log,
  })

  const read = async (signal: AbortSignal): Promise<void> => {
    const { complete } = await leads.leadProgress()
    if (!complete) await leads.saveLeadProgress({ complete: true, cursor: await fill.run(signal) })
    await readDelta(signal)
  }

  const readDelta = async (signal: AbortSignal): Promise<void> => {
    const { cursor } = await leads.leadProgress()
    const since = cursor === undefined ? undefined : cursor - OVERLAP_MS
    let readUpTo = cursor
    for await (const page of crm.leadsChangedSince(since, signal)) {
      await leads.upsertLeads(page.leads.map(indexedLead))
      readUpTo = Math.max(readUpTo ?? 0, page.readUpTo)
    }
    await leads.saveLeadProgress({ complete: true, cursor: readUpTo })
  }

  const shared = sharedRun(read, now)
  const rounds = createRounds({
    work: shared,
    everyMs: every * 1000,
    now,
    failed: (err) => log.warn({ err }, 'the index of open leads cannot follow the CRM'),
  })

  return {
    run: rounds.run,
    refresh: shared,
    recent: (signal) => shared(signal, now() - RECENT_MS),
    status: async () => {
      const { complete, leads: count } = await leads.leadProgress()
      return { complete, leads: count, fill: fill.progress(), lastError: rounds.lastError() }
    },
  }
}
