import type { Logger } from 'pino'
import { z } from 'zod'
import type { ActiveAlert } from '../status-tree.ts'
import { type AlertBook, type AlertMessage, nextAlerts } from './alert-book.ts'
import { type AlertKind, alertKinds, type Condition } from './conditions.ts'
import type { Delivery } from './delivery.ts'
import { alertText, type Language, saysAlert } from './sentences.ts'

export interface AlertsDeps {
  /** Remembers what was told over a restart. */
  readonly settings: { get(name: string): Promise<string | undefined>; set(name: string, value: string): Promise<void> }
  readonly delivery: Pick<Delivery, 'post'>
  readonly pbx: string
  readonly language: Language
  readonly repeatMs: number
  readonly log: Pick<Logger, 'info' | 'warn'>
}

/** Tells people what is wrong, and when it is not any more. */
export interface Alerts {
  look(conditions: readonly Condition[], now: number): Promise<void>
  /** Something that has happened and is over as soon as it is told. */
  happened(kind: AlertKind, now: number): void
  active(): readonly ActiveAlert[]
}

const SETTING = 'alerts'

const Stored = z.record(
  z.string(),
  z.object({
    kind: z.enum(alertKinds),
    facts: z.record(z.string(), z.union([z.string(), z.number()])),
    since: z.number(),
    toldAt: z.number(),
    calmSince: z.number().optional(),
  }),
)

/** A calling line must not stop for these. */
const warnings: ReadonlySet<AlertKind> = new Set([
  'certificate-ends',
  'database-unreachable',
  'dead-letters',
  'restarted-after-crash',
  'success-below',
])

/** @throws StoreError */
export async function createAlerts(deps: AlertsDeps): Promise<Alerts> {
  const { settings, delivery, pbx, language, repeatMs, log } = deps
  let book: AlertBook = stored(await settings.get(SETTING))

  const tell = (message: AlertMessage): void => {
    const { phase, kind, facts, since, at } = message
    log.info({ phase, alert: kind, facts, since }, 'alert')
    delivery.post({ text: alertText(pbx, message, language), body: { pbx, phase, kind, facts, since, at } })
  }

  return {
    look: async (conditions, now) => {
      const before = book
      const next = nextAlerts(before, conditions, { now, repeatMs })
      book = next.book
      next.messages.forEach(tell)
      if (next.messages.length === 0) return
      try {
        await settings.set(SETTING, JSON.stringify(book))
      } catch (error) {
        log.warn({ err: error }, 'what alerts were told could not be kept; a restart tells them again')
      }
    },
    happened: (kind, now) => tell({ phase: 'began', kind, facts: {}, since: now, at: now }),
    active: () =>
      Object.values(book).map(({ kind, facts, since }) => ({
        kind,
        severity: warnings.has(kind) ? 'warning' : 'error',
        since,
        text: saysAlert(kind, facts, language),
      })),
  }
}

/** What an older or newer version wrote is nothing to stop for. */
function stored(text: string | undefined): AlertBook {
  if (text === undefined) return {}
  try {
    return Stored.parse(JSON.parse(text))
  } catch {
    return {}
  }
}
