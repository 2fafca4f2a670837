import { setTimeout as sleep } from 'node:timers/promises'
import type { CrmNotice, CrmNotices } from '../crm/notices.ts'
import type { Crm } from '../crm/port.ts'
import type { LeadIndex } from '../store/crm-state-ports.ts'
import type { ContactIndex } from '../store/ports.ts'
import type { IndexLog } from './index-log.ts'
import { createMarks } from './marks.ts'
import { readMarked } from './read-marked.ts'
import { createRounds } from './rounds.ts'
import { settleIncoming } from './settle-incoming.ts'

export interface NoticeInboxDeps {
  readonly crm: Pick<Crm, 'clientsById' | 'leadsById' | 'stillIncoming'> & Pick<CrmNotices, 'read'>
  readonly index: ContactIndex
  readonly leads: LeadIndex
  /** Country of numbers written without a country code. */
  readonly country: string
  /** Reads everything that changed since the last look, clients and leads. */
  readonly readChanges: (signal: AbortSignal) => Promise<void>
  /** Deletions were told faster than they could be kept: somebody has to look who is still there. */
  readonly deletionsLost: () => void
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: IndexLog
  readonly limits?: InboxLimits
}

export interface InboxLimits {
  /** Entities waiting to be read anew. */
  readonly marks: number
  /** What one change is told with comes in several deliveries: they are waited for, so that it is read once. Milliseconds. */
  readonly gatherMs: number
}

/**
 * What the CRM tells by itself. Deliveries only mark what is to be read anew, in memory: whatever is lost with the process, or never told, the
 * looks for changes and the nightly pass bring.
 */
export interface NoticeInbox {
  /** One delivery. Never throws. */
  take(body: string): void
  /** A delivery too long to be read: whatever it told is asked for. */
  takeUnread(): void
  /** Reads what is marked until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
  status(): InboxStatus
}

export interface InboxStatus {
  readonly deliveries: number
  readonly lastAt: number | undefined
  readonly waiting: number
  readonly read: number
  /** How often more was told than is kept, and changes were asked for instead. */
  readonly overflows: number
}

/** Twenty of them are read in a second or two; a mass change of more is cheaper asked for as changes. */
const usual: InboxLimits = { marks: 5_000, gatherMs: 300 }
/** Entities read in one go: three requests at most of each kind. */
const TOGETHER = 250
/** Of incoming leads that were sorted; a person does that one by one. */
const MOST_UIDS = 1_000
const LONGEST_UID = 200

export function createNoticeInbox(deps: NoticeInboxDeps): NoticeInbox {
  const { crm, index, now, log, readChanges, limits = usual } = deps
  const marks = createMarks(limits.marks)
  const sorted = new Set<string>()
  const counts = { deliveries: 0, read: 0, overflows: 0 }
  let lastAt: number | undefined
  let overflowed = false
  let wake = Promise.withResolvers<void>()

  function take(body: string): void {
    received()
    for (const notice of crm.read(body)) note(notice)
    wake.resolve()
  }

  function takeUnread(): void {
    received()
    overflow()
    wake.resolve()
  }

  function received(): void {
    counts.deliveries += 1
    lastAt = now()
  }

  function note(notice: CrmNotice): void {
    switch (notice.kind) {
      case 'changed':
      case 'deleted':
        mark(notice)
        return
      case 'incoming': {
        const known = notice.uid.length <= LONGEST_UID && sorted.size < MOST_UIDS
        if (notice.what !== 'added' && known) sorted.add(notice.uid)
        return
      }
      case 'task':
        return
      default:
        notice satisfies never
    }
  }

  function mark({ kind, entity }: Extract<CrmNotice, { readonly kind: 'changed' | 'deleted' }>): void {
    const deleted = kind === 'deleted'
    if (overflowed && !deleted) return
    if (marks.add({ entity, deleted })) return
    overflow()
    if (deleted && !marks.add({ entity, deleted })) deps.deletionsLost()
  }

  /** The look for changes brings everybody who changed at a page for two hundred and fifty, whoever told it. */
  function overflow(): void {
    if (!overflowed) counts.overflows += 1
    overflowed = true
    marks.dropChanged()
  }

  async function work(signal: AbortSignal): Promise<void> {
    await wake.promise
    await sleep(limits.gatherMs, undefined, { signal })
    wake = Promise.withResolvers()
    try {
      await readAll(signal)
    } catch (error) {
      // Whatever is left is tried again after a rest.
      wake.resolve()
      throw error
    }
  }

  async function readAll(signal: AbortSignal): Promise<void> {
    if (overflowed) {
      overflowed = false
      await readChanges(signal).catch((error) => {
        overflowed = true
        throw error
      })
    }
    while (marks.size() > 0) {
      const taken = marks.take(TOGETHER)
      const leads = await readMarked(deps, taken, signal).catch((error) => {
        for (const each of taken) marks.add(each)
        throw error
      })
      if (leads.length > 0) await noteSorted(new Set(leads))
      counts.read += taken.length
    }
    await settleSorted(signal)
  }

  /** The CRM's lists have no code for incoming leads: that one was sorted is told as a change or the end of its lead. */
  async function noteSorted(leads: ReadonlySet<number>): Promise<void> {
    for (const { uid, lead } of await index.incomingNumbers()) if (leads.has(lead)) sorted.add(uid)
  }

  async function settleSorted(signal: AbortSignal): Promise<void> {
    if (sorted.size === 0) return
    const uids = [...sorted]
    const numbers = (await index.incomingNumbers()).filter(({ uid }) => sorted.has(uid))
    await settleIncoming(deps, numbers, signal)
    for (const uid of uids) sorted.delete(uid)
  }

  const rounds = createRounds({
    work,
    everyMs: 0,
    now,
    failed: (err) => log.warn({ err }, 'what the CRM told could not be read; it is tried again'),
  })

  return {
    take,
    takeUnread,
    async run(signal) {
      const stop = () => wake.resolve()
      signal.addEventListener('abort', stop, { once: true })
      await rounds.run(signal)
    },
    status: () => ({ ...counts, lastAt, waiting: marks.size() }),
  }
}
