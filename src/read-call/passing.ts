import type { Call } from '../calls/call.ts'
import type { Asked, PassOptions } from '../reconciliation/asked.ts'
import type { Finding } from '../reconciliation/finding.ts'
import type { Reconciliation } from '../reconciliation/pass.ts'
import type { Standing } from '../reconciliation/registration-port.ts'
import { type Report, reportOf } from './report.ts'
import type { ReadCallRequest } from './request.ts'

export interface PassingDeps {
  readonly reconcile: Reconciliation['reconcile']
  /** What became of a journalled call's jobs. @throws StoreError */
  readonly standing: (callId: string) => Promise<Standing>
  /** Sends what the CRM refused of a call once more; resolves with how many jobs wait again. @throws StoreError */
  readonly sendAgain: (callId: string) => Promise<number>
}

export interface PassHears {
  readonly report: (report: Report) => Promise<void>
  readonly share: (share: number) => void
  readonly notFound: (ids: readonly string[]) => void
}

/**
 * One pass over a part of what was asked: a person asks, so what was left out before is registered, and what the CRM had refused is sent again.
 * @param again the part was begun before and broken off by the end of the process: what waits there was registered by us
 * @throws what `reconcile` throws
 */
export async function passOver(
  asked: Asked,
  { dry, effects, compare }: ReadCallRequest,
  again: boolean,
  hears: PassHears,
  deps: PassingDeps,
  signal: AbortSignal,
): Promise<void> {
  const open: Open[] = []
  const options: PassOptions = {
    ...{ dry, effects, compareCrm: compare, onDemand: true },
    onProgress: ({ share }) => hears.share(share),
    onOpen: (calls) => open.push(...calls),
    onUnknown: (ids) => hears.notFound(ids),
  }
  for await (const finding of deps.reconcile(asked, options, signal))
    await hears.report(await reported(finding, dry, again, deps))
  for (const call of open.filter((each) => isAskedFor(each, asked))) await hears.report(goingOn(call))
}

async function reported(finding: Finding, dry: boolean, again: boolean, { sendAgain }: PassingDeps): Promise<Report> {
  const report = reportOf(finding, dry)
  if (dry) return report
  if (again && report.finding === 'not-due' && report.cause === 'waiting')
    return { ...report, finding: 'registered', cause: 'before-restart', waits: true }
  if (report.finding !== 'failed' || report.cause !== 'refused' || (await sendAgain(report.id)) === 0) return report
  const { detail: _, ...rest } = report
  return { ...rest, finding: 'repaired', cause: 'sent-again', waits: true }
}

/** What is known of a report's call by now: itself while the call is still on its way to the CRM. */
export async function settled(report: Report, { standing }: PassingDeps): Promise<Report> {
  const now = await standing(report.id)
  const done = { ...report, waits: false }
  switch (now.kind) {
    case 'waiting':
      return report
    case 'no-jobs':
      return done
    case 'refused':
      return { ...done, finding: 'failed', cause: 'refused', detail: now.reason }
    case 'nobody':
      return { ...done, finding: 'left-out', cause: 'rule' }
    case 'in-incoming-lead':
      return { ...done, cause: 'in-incoming-lead' }
    case 'written':
      return report.finding === 'registered' && now.notes.some(({ adopted }) => adopted)
        ? { ...done, finding: 'adopted', cause: 'foreign-note' }
        : done
    default:
      return now satisfies never
  }
}

type Open = Pick<Call, 'linkedids' | 'startedAt'>

function goingOn({ linkedids, startedAt }: Open): Report {
  const id = linkedids[0] ?? ''
  return { id, linkedids, startedAt, endedAt: startedAt, finding: 'not-due', cause: 'live', waits: false }
}

/** Where time was asked for, some of the time around is read, too. */
function isAskedFor({ linkedids, startedAt }: Open, asked: Asked): boolean {
  if (asked.kind === 'ids') return true
  const births = linkedids.flatMap((id) => /(?:^|-)(\d{10})\.\d+$/.exec(id)?.[1] ?? [])
  const birth = births.length > 0 ? Math.min(...births.map(Number)) * 1000 : startedAt
  return startedAt >= asked.from && birth <= asked.to
}
