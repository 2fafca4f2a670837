import type { CallTracker, CallTrackerOptions } from '../calls/call-tracker.ts'
import type { Config } from '../config/schema.ts'
import type { RegistrationPort } from '../reconciliation/registration-port.ts'
import type { Recordings } from '../recordings/recordings.ts'
import { createRegistrar } from '../registration/registrar.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import type { Store } from '../store/ports.ts'
import type { Observer } from '../watching/observer.ts'
import { type CallCloser, createCallCloser } from './call-closer.ts'
import type { ClickSide } from './click-side.ts'
import type { CrmSide } from './crm-side.ts'
import type { HooksSide } from './hooks-side.ts'
import { registrationPort } from './registration-port.ts'
import { createRegistrationSide, type RegistrationSide } from './registration-side.ts'
import { createWitnessSide, type ReconciliationTiming, type WitnessSide } from './witness-side.ts'

export interface EndedCallsDeps {
  readonly config: Config
  readonly store: Store
  readonly crmSide: CrmSide
  readonly hooks: HooksSide
  readonly recordings: Pick<Recordings, 'onFound' | 'link'>
  readonly clickedOn: ClickSide['clickedOn']
  readonly settings: () => RegistrationSettings
  readonly tracker: CallTracker
  readonly interpreter: Pick<CallTrackerOptions, 'staff' | 'trunks' | 'country'>
  readonly asterisk: { now(): number; status(): { readonly state: string; readonly startedAt?: number | undefined } }
  readonly firstStartAt: number
  readonly now: () => number
  readonly logOf: Observer['logOf']
  readonly timing: ReconciliationTiming | undefined
}

/** What becomes of calls that are over: who tells them, their journal rows, what is written of them to the CRM, then and later. */
export interface EndedCalls extends AsyncDisposable {
  readonly witness: WitnessSide
  readonly closer: CallCloser
  readonly registration: RegistrationSide
  /** The same registration for calls that the PBX's records tell. */
  readonly ofRecords: RegistrationPort
}

export async function createEndedCalls(deps: EndedCallsDeps): Promise<EndedCalls> {
  const { config, store, crmSide, hooks, clickedOn, settings, tracker, asterisk, now, logOf } = deps
  const { journal, callbackTasks, decisions, outbox: jobs } = store
  const { outbox } = crmSide
  const { pbx } = config.service
  const wakeOutbox = outbox.wake
  await using opened = new AsyncDisposableStack()

  const registrar = hooks.knowing(
    createRegistrar({ journal, callbackTasks, outbox, pbx, settings, hooks: hooks.registration, clickedOn }),
  )
  const closer = opened.use(
    createCallCloser({
      registrar,
      wakeOutbox,
      log: logOf('disk'),
      overflown: () => witness.lost(),
      // Without a link the next one ends the time that is to be caught up.
      relieved: () => asterisk.status().state === 'up' && witness.restored(),
    }),
  )
  const registration = createRegistrationSide({
    ...{ config, store, crmSide, settings, clickedOn },
    hooks: hooks.registration,
    recordings: deps.recordings,
    log: logOf('crm-refused'),
  })
  const { noteChanges } = registration
  const ofRecords = registrationPort({
    registrar,
    noteChanges,
    jobs,
    journal,
    decisions,
    now,
    settings,
    pbx,
    wakeOutbox,
  })
  const witness = opened.use(
    await createWitnessSide({
      ...{ config, store, tracker, closer, now },
      interpreter: deps.interpreter,
      crm: crmSide.crm,
      firstStartAt: deps.firstStartAt,
      registration: ofRecords,
      asteriskNow: asterisk.now,
      asteriskStartedAt: () => asterisk.status().startedAt,
      log: logOf('database'),
      timing: deps.timing,
    }),
  )
  // Nobody listens, and nothing is missed: that is what "off" means.
  if (config.service.mode === 'off') witness.restored()
  opened.use(registration)
  const closing = opened.move()
  return { witness, closer, registration, ofRecords, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}
