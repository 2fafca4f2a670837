import type { Logger } from 'pino'
import type { Call } from '../calls/call.ts'
import type { CallTracker, CallTrackerOptions } from '../calls/call-tracker.ts'
import type { Config } from '../config/schema.ts'
import type { Crm } from '../crm/port.ts'
import { blindTime, secondWitnessAway } from '../reconciliation/blind-time.ts'
import { type CatchUpTiming, catchUp, catchUpTiming, type Gap } from '../reconciliation/catch-up.ts'
import { createCelReader } from '../reconciliation/cel-reader.ts'
import { openDatabase } from '../reconciliation/database.ts'
import { createGapKeeper, type GapKeeper, type GapKeeperTiming, type GapStatus } from '../reconciliation/gap-keeper.ts'
import { createLeftOutRows } from '../reconciliation/left-out-rows.ts'
import { readNoteBook } from '../reconciliation/note-book.ts'
import { createReconciliation, type Reconciliation } from '../reconciliation/pass.ts'
import type { RecordsPlace } from '../reconciliation/records-message.ts'
import { recordsThread } from '../reconciliation/records-thread.ts'
import type { RegistrationPort } from '../reconciliation/registration-port.ts'
import { createRegularPasses, type PassesStatus } from '../reconciliation/regular-passes.ts'
import { createSecondWitness, type WitnessTiming } from '../reconciliation/second-witness.ts'
import type { Store } from '../store/ports.ts'
import type { CallCloser } from './call-closer.ts'

/** How patient the second witness is; shorter in tests. */
export type ReconciliationTiming = Partial<
  WitnessTiming & CatchUpTiming & GapKeeperTiming & { readonly passesMs: number; readonly readingMs: number }
>

export interface WitnessSideDeps {
  readonly config: Config
  readonly store: Pick<Store, 'pendingCalls' | 'settings' | 'journal' | 'ledger'>
  readonly crm: Pick<Crm, 'callNotesChangedSince'>
  /** Our clock, epoch milliseconds. */
  readonly now: () => number
  readonly tracker: Pick<CallTracker, 'live'>
  /** What the live witness is told about people and numbers; CEL is read with the same eyes. */
  readonly interpreter: Pick<CallTrackerOptions, 'staff' | 'trunks' | 'country'>
  readonly closer: CallCloser
  readonly registration: RegistrationPort
  /** Calls that began before it are nobody's business. */
  readonly firstStartAt: number
  /** Asterisk's clock. */
  readonly asteriskNow: () => number
  readonly asteriskStartedAt: () => number | undefined
  readonly log: Logger
  readonly timing?: ReconciliationTiming | undefined
}

/** Who tells a call (design section 3): live, if it saw the whole life; else CEL; else live again, marked `reconstructed`. */
export interface WitnessSide extends AsyncDisposable, Pick<GapKeeper, 'lost' | 'restored' | 'run'> {
  /** Brings an ended call into the journal, by whichever witness. Never rejects. */
  close(call: Call, events: readonly unknown[]): Promise<void>
  status(): WitnessStatus
  /** Why the database does not answer; undefined: it does, or there is none. Never rejects. */
  probeDatabase(): Promise<string | undefined>
  /** Holds the PBX's records against journal and CRM; undefined when there are no records to read. */
  readonly reconciliation: Reconciliation | undefined
}

export interface WitnessStatus extends GapStatus {
  /** Calls that wait to be told by CEL. */
  readonly waiting: number
  /** Rows of CEL that could not be read, since the start. */
  readonly rowsLeftOut: number
  /** How the PBX's records were held against journal and CRM; undefined when there are none. */
  readonly passes: PassesStatus | undefined
}

/** Nothing is read from the database before there is something to ask it. */
export async function createWitnessSide(deps: WitnessSideDeps): Promise<WitnessSide> {
  const {
    config,
    store,
    crm,
    now,
    tracker,
    interpreter,
    closer,
    registration,
    firstStartAt,
    asteriskNow,
    asteriskStartedAt,
    log,
    timing = {},
  } = deps
  await using opened = new AsyncDisposableStack()
  const { database: address } = config
  const password = address?.password?.reveal()
  const register = (call: Call, events: readonly unknown[]) => closer.close(call, events)
  const leftOut = createLeftOutRows(log)
  const telling = { ...interpreter, timeZone: address?.timeZone, leftOut: leftOut.add }
  const common = { telling, register, asteriskNow, asteriskStartedAt }
  const database = address && password !== undefined ? opened.use(openDatabase({ ...address, password })) : undefined
  const cel = database && address ? createCelReader(database, address) : undefined
  const witness = opened.use(
    createSecondWitness({
      ...common,
      ...(cel && { cel }),
      pending: store.pendingCalls,
      pbx: config.service.pbx,
      log,
      timing,
    }),
  )
  const others = () => [...tracker.live(), ...witness.waiting()]
  const passTiming = { ...catchUpTiming, ...timing }
  /** Neither witness saw the calls of this time; the ledger says so. */
  const noteBlind = async (gap: Gap): Promise<void> => {
    const { pbx } = config.service
    // CDR may tell them, where it is kept.
    if (address && !cel) return
    const blind =
      database && cel
        ? blindTime(gap, await secondWitnessAway(database, cel, asteriskNow()))
        : { from: gap.from, to: gap.to, why: 'no-cel' }
    if (!blind) return
    log.warn(blind, 'calls of a time that neither witness saw may be lost')
    await store.ledger.addBlind(pbx, blind)
  }
  const gaps = createGapKeeper({
    settings: store.settings,
    // "Off" is as if nobody had been there: what happened meanwhile is nobody's business later either.
    ...(cel &&
      config.service.mode !== 'off' && {
        catchUp: (gap, signal) => catchUp(gap, { ...common, cel, others, timing: passTiming }, signal),
      }),
    ...(config.service.mode !== 'off' && { closed: noteBlind }),
    live: others,
    asteriskNow,
    log,
    timing,
  })
  const place = recordsPlace(address)
  const reconciliation =
    place &&
    createReconciliation({
      source: recordsThread({ place, telling: () => telling }),
      journal: store.journal,
      ledger: store.ledger,
      readNotes: (since, signal) =>
        readNoteBook({ crm, pbx: config.service.pbx, country: config.numbers.country, now }, since, signal),
      now,
      registration,
      pbx: config.service.pbx,
      others,
      asteriskNow,
      leaveAloneMs: passTiming.leaveAloneMs,
      readingMs: timing.readingMs,
    })
  const passes =
    reconciliation && address && config.service.mode !== 'off'
      ? createRegularPasses({
          ...{ reconciliation, settings: store.settings, ledger: store.ledger, asteriskNow, firstStartAt, log },
          ...{ nightly: address.nightly, nightlyDays: address.nightlyDays, mayCompare: config.service.mode === 'on' },
          leaveAloneMs: passTiming.leaveAloneMs,
          everyMs: timing.passesMs ?? address.everySeconds * 1000,
        })
      : undefined
  await witness.resume()
  const closing = opened.move()
  return {
    lost: gaps.lost,
    restored: gaps.restored,
    reconciliation,
    run: async (signal) => {
      signal.addEventListener('abort', () => database?.abandon(), { once: true })
      await Promise.all([gaps.run(signal), passes?.run(signal)])
    },
    status: () => ({
      ...gaps.status(),
      waiting: witness.waiting().length,
      rowsLeftOut: leftOut.count(),
      passes: passes?.status(),
    }),
    probeDatabase: async () => {
      const [probe] = await Promise.allSettled([database?.query('SELECT 1')])
      return probe.status === 'rejected' ? String(probe.reason) : undefined
    },
    async close(call, events) {
      // Whether a call opted out needs no second witness.
      if (call.evidence === 'reconstructed' && !call.skipped) await witness.take(call, events)
      else await closer.close(call, events)
    },
    [Symbol.asyncDispose]: async () => {
      // It is told to end before what it waits for breaks.
      const ended = witness[Symbol.asyncDispose]()
      database?.abandon()
      await ended
      await closing.disposeAsync()
    },
  }
}

/** Where the PBX writes down its calls; undefined when nobody has said. */
function recordsPlace(settings: Config['database']): RecordsPlace | undefined {
  if (!settings) return undefined
  const { csv, password, host, port, user, name, cdrTable, celTable, columns, timeZone } = settings
  if (csv !== undefined) return { kind: 'csv', file: csv, timeZone }
  if (password === undefined) return undefined
  const address = { host, port, user, name, password: password.reveal() }
  return { kind: 'database', address, tables: { cdrTable, celTable, columns, timeZone } }
}
