import { createTask } from 'node-cron'
import type { Ledger } from '../store/ledger-ports.ts'
import type { Settings } from '../store/ports.ts'
import type { Asked, PassOptions } from './asked.ts'
import { counted, emptySummary, type PassSummary } from './finding.ts'
import type { Reconciliation } from './pass.ts'
import { pause } from './pause.ts'

const WATERMARK = 'reconciled-until'
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** What could not be read is tried again after this. */
const AGAIN_MS = 300_000
/** The ledger is a book of the last year. */
const KEPT_MS = 400 * DAY_MS
const FORGOTTEN_AT_ONCE = 5_000

export interface RegularPassesDeps {
  readonly reconciliation: Reconciliation
  readonly settings: Settings
  readonly ledger: Pick<Ledger, 'forget'>
  /** Asterisk's clock, epoch milliseconds. */
  readonly asteriskNow: () => number
  /** Calls that began before it are nobody's business. */
  readonly firstStartAt: number
  /** Calls that ended so recently are left alone. */
  readonly leaveAloneMs: number
  readonly everyMs: number
  /** When the PBX's records are held against the CRM itself, five or six fields of cron, in the machine's zone. */
  readonly nightly: string
  /** So far back the nightly comparison reads. */
  readonly nightlyDays: number
  /** Whether the outbox may write: a service that only watches leaves the CRM alone. */
  readonly mayCompare: boolean
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

export interface PassReport {
  readonly at: number
  readonly from: number
  readonly to: number
  readonly tookMs: number
  readonly summary: PassSummary
}

export interface PassesStatus {
  /** Everything that ended before this instant was looked at. */
  readonly reconciledUntil: number | undefined
  readonly last: PassReport | undefined
  readonly nightly: PassReport | undefined
  /** Why the last try could not be ended. */
  readonly trouble: string | undefined
}

/** Holds the PBX's records against journal and CRM, again and again: every few minutes what is new, every night some days with the CRM itself. */
export interface RegularPasses {
  status(): PassesStatus
  /** Ends without an error when `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>
}

export function createRegularPasses(deps: RegularPassesDeps): RegularPasses {
  const { reconciliation, settings, ledger, asteriskNow, firstStartAt, leaveAloneMs, log } = deps
  let reconciledUntil: number | undefined
  let last: PassReport | undefined
  let nightly: PassReport | undefined
  let trouble: string | undefined

  const pass = async (asked: Extract<Asked, { from: number }>, compareCrm: boolean, signal: AbortSignal) => {
    const at = asteriskNow()
    const options: PassOptions = { dry: false, effects: 'quiet', compareCrm, onDemand: false }
    let summary = emptySummary()
    for await (const finding of reconciliation.reconcile(asked, options, signal)) {
      summary = counted(summary, finding)
      if (finding.finding === 'right' && !finding.differs) continue
      const { id, finding: kind, why, detail, differs } = finding
      const fields = { call: id, finding: kind, why, detail, differs }
      if (kind === 'registered' || kind === 'repaired') log.info(fields, 'a pass over the PBX’s records mended a call')
      if (kind === 'failed' || kind === 'doubled') log.warn(fields, 'a call does not stand in the CRM as it should')
      if (kind === 'right' && compareCrm) log.warn(fields, 'the two witnesses of a call disagree')
    }
    return { at, from: asked.from, to: asked.to, tookMs: asteriskNow() - at, summary }
  }

  /** What was written since the last time, an hour at a time, so that a restart goes on where this ended. */
  const catchUp = async (signal: AbortSignal): Promise<void> => {
    reconciledUntil ??= Number((await settings.get(WATERMARK)) ?? firstStartAt)
    const until = asteriskNow() - leaveAloneMs
    while (reconciledUntil < until) {
      const to = Math.min(reconciledUntil + HOUR_MS, until)
      last = await pass({ kind: 'records', from: reconciledUntil, to }, false, signal)
      await settings.set(WATERMARK, String(to))
      reconciledUntil = to
    }
  }

  const compare = async (signal: AbortSignal): Promise<void> => {
    const to = asteriskNow() - leaveAloneMs
    const from = Math.max(firstStartAt, to - deps.nightlyDays * DAY_MS)
    if (from < to) nightly = await pass({ kind: 'span', from, to }, deps.mayCompare, signal)
    while (await ledger.forget(to - KEPT_MS, FORGOTTEN_AT_ONCE)) signal.throwIfAborted()
    if (nightly) log.info({ ...nightly, ...nightly.summary }, 'the PBX’s records were held against the CRM')
  }

  /** True when it was done. */
  const tried = async (work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<boolean> => {
    try {
      await work(signal)
      if (trouble !== undefined) log.info({}, 'the PBX’s records can be held against the CRM again')
      trouble = undefined
      return true
    } catch (error) {
      if (signal.aborted) return false
      const said = error instanceof Error ? error.message : String(error)
      if (said !== trouble) log.warn({ error: said }, 'the PBX’s records could not be held against the CRM')
      trouble = said
      return false
    }
  }

  return {
    status: () => ({ reconciledUntil, last, nightly, trouble }),
    async run(signal) {
      let nightlyDueAt = Number.POSITIVE_INFINITY
      let nextAt = 0
      const clock = createTask(deps.nightly, () => {
        nightlyDueAt = 0
      })
      await clock.start()
      try {
        while (!signal.aborted) {
          if (asteriskNow() >= nextAt) {
            await tried(catchUp, signal)
            nextAt = asteriskNow() + deps.everyMs
          }
          if (asteriskNow() >= nightlyDueAt) {
            const done = await tried(compare, signal)
            nightlyDueAt = done ? Number.POSITIVE_INFINITY : asteriskNow() + AGAIN_MS
          }
          await pause(Math.min(deps.everyMs, LOOK_MS), signal)
        }
      } finally {
        await clock.destroy()
      }
    },
  }
}

/** The nightly hour is noticed within that. */
const LOOK_MS = 15_000
