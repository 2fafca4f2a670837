import { z } from 'zod'
import type { FillOptions, FillPage } from '../crm/fill-port.ts'
import type { Settings } from '../store/ports.ts'
import type { IndexLog } from './index-log.ts'

export interface FirstFillDeps<T> {
  /** What is filled, for the log and for the name its progress is kept under. */
  readonly what: 'contacts' | 'leads'
  readonly pages: (options: FillOptions, signal: AbortSignal) => AsyncIterable<FillPage<T>>
  /** Resolves when the disk has them. */
  readonly keep: (entities: readonly T[]) => Promise<void>
  /** How far it came outlives a restart. */
  readonly settings: Settings
  readonly sideBySide: number
  readonly log: IndexLog
}

/** Reading everything, once. */
export interface FirstFill {
  /** Goes on where a stopped one ended. Answers with the CRM's time from which changes are to be read. @throws CrmError, StoreError */
  run(signal: AbortSignal): Promise<number>
  /** Undefined while none is under way. */
  progress(): FillProgress | undefined
}

export interface FillProgress {
  readonly read: number
  /** Undefined: not known yet. */
  readonly about: number | undefined
}

const State = z.object({ position: z.string(), read: z.int(), about: z.int().optional() })
type State = z.infer<typeof State>

/** A line of the log for each tenth, but not for a handful. */
const TOLD_SHARE = 0.1
const TOLD_LEAST = 1_000

export function createFirstFill<T>(deps: FirstFillDeps<T>): FirstFill {
  const { what, pages, keep, settings, sideBySide, log } = deps
  const name = `contact-index.first-fill.${what}`
  let now: FillProgress | undefined

  async function run(signal: AbortSignal): Promise<number> {
    const before = await stored()
    let { read = 0, about } = before ?? {}
    let told = read
    now = { read, about }
    log.info({ what, ...now }, before ? 'the first fill goes on' : 'the first fill begins')
    let changesSince = 0
    try {
      for await (const page of pages({ position: before?.position, sideBySide }, signal)) {
        await keep(page.entities)
        read += page.entities.length
        changesSince = page.changesSince
        // It is a guess, and somebody may come twice.
        about = Math.max(page.about, read)
        now = { read, about }
        await settings.set(name, JSON.stringify({ position: page.position, ...now }))
        if (read - told < Math.max(TOLD_LEAST, about * TOLD_SHARE)) continue
        told = read
        log.info({ what, ...now }, 'the first fill is under way')
      }
    } finally {
      now = undefined
    }
    await settings.set(name, '')
    log.info({ what, read }, 'the first fill is complete')
    return changesSince
  }

  async function stored(): Promise<State | undefined> {
    const text = await settings.get(name)
    return text ? State.safeParse(JSON.parse(text)).data : undefined
  }

  return { run, progress: () => now }
}
