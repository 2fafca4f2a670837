import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Phase } from '../calls/call.ts'
import type { Config } from '../config/schema.ts'
import type { EntityRef } from '../crm/port.ts'
import type { Recordings } from '../recordings/recordings.ts'
import { earlyRegistration } from '../registration/early-registration.ts'
import type { RegistrationHooks } from '../registration/hooks.ts'
import { createNoteChanges, type NoteChanges } from '../registration/note-changes.ts'
import { createPopups } from '../registration/popups.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import type { Store } from '../store/ports.ts'
import type { CrmSide } from './crm-side.ts'

export interface RegistrationSideDeps {
  readonly config: Config
  readonly store: Store
  readonly crmSide: Pick<CrmSide, 'crm' | 'outbox'>
  readonly settings: () => RegistrationSettings
  readonly hooks: RegistrationHooks
  readonly recordings: Pick<Recordings, 'onFound' | 'link'>
  readonly clickedOn: (callId: string) => EntityRef | undefined
  readonly log: Logger
}

/** What registration does while calls live, and afterwards: early contacts and leads, pop-ups, changes of notes. */
export interface RegistrationSide extends AsyncDisposable {
  react(phase: Phase): void
  readonly noteChanges: NoteChanges
}

/** A ring group's phones ring within that. */
const GATHER_MS = 150
/** A recording may be found before its call is journalled. */
const JOURNALLED_BY_MS = 15_000

export function createRegistrationSide(deps: RegistrationSideDeps): RegistrationSide {
  const { config, store, crmSide, settings, hooks, recordings, clickedOn, log } = deps
  const { pbx } = config.service
  const ending = new AbortController()
  const underWay = new Set<Promise<void>>()
  const popups = createPopups({
    crm: crmSide.crm,
    settings,
    gather: (signal) => sleep(GATHER_MS, undefined, { signal }),
    failed: (error, call) => log.warn({ call, error: String(error) }, 'the CRM showed no pop-up for a call'),
  })
  const noteChanges = createNoteChanges({ jobs: store.outbox, add: (jobs) => crmSide.outbox.add(jobs), pbx })

  const track = (work: Promise<void>): void => {
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  const early = async (phase: Phase): Promise<void> => {
    try {
      const jobs = await earlyRegistration(phase, { index: store.contactIndex, settings, hooks, pbx, clickedOn })
      if (jobs.length > 0) await crmSide.outbox.add(jobs)
    } catch (error) {
      // The call's end says the same jobs again.
      log.error({ call: phase.call.id, error: String(error) }, 'a call could not be registered before its end')
    }
  }

  const addLink = async (callId: string, recordingUrl: string): Promise<void> => {
    try {
      if ((await noteChanges.change(callId, { recordingUrl })) > 0) return
      await sleep(JOURNALLED_BY_MS, undefined, { signal: ending.signal })
      await noteChanges.change(callId, { recordingUrl })
    } catch (error) {
      if (!ending.signal.aborted)
        log.error({ call: callId, error: String(error) }, 'a recording could not be added to its note')
    }
  }
  recordings.onFound((call, link) => {
    // Where the file was known from the start, so was the link.
    if (link !== undefined && recordings.link(call) === undefined) track(addLink(call.id, link))
  })

  return {
    noteChanges,
    react: (phase) => {
      popups.react(phase)
      if (phase.kind === 'ringing' || phase.kind === 'conversation-started') track(early(phase))
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort()
      await popups[Symbol.asyncDispose]()
      await Promise.all(underWay)
    },
  }
}
