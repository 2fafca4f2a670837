import { join } from 'node:path'
import { env, pid } from 'node:process'
import type { Logger } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { createAsterisk } from './asterisk/asterisk-link.ts'
import type { Call, Phase } from './calls/call.ts'
import { createCallTracker } from './calls/call-tracker.ts'
import type { Config } from './config/schema.ts'
import { createTransport } from './crm/amocrm/transport.ts'
import { setLogLevel } from './log.ts'
import { backgroundLoops, untilAborted } from './service/background-loops.ts'
import { createCardSide } from './service/card-side.ts'
import { createClickSide } from './service/click-side.ts'
import { followConfig } from './service/config-follower.ts'
import { createCrmSide } from './service/crm-side.ts'
import { openDoors } from './service/doors.ts'
import { createEndedCalls } from './service/ended-calls.ts'
import { firstStart } from './service/first-start.ts'
import { createHooksSide } from './service/hooks-side.ts'
import { listen } from './service/listen.ts'
import { createLiveCalls } from './service/live-calls.ts'
import { createLiveConfig } from './service/live-config.ts'
import { openNumberLists } from './service/number-lists.ts'
import { createReadCallSide } from './service/read-call-side.ts'
import { createRecordingsSide, linkOfCall } from './service/recordings-side.ts'
import { createRoutingSide } from './service/routing-side.ts'
import { ariAddress, registrationSettings } from './service/settings.ts'
import { createStaffSide } from './service/staff-side.ts'
import { forgetRouter } from './service/upkeep/forget-router.ts'
import { createUpkeepSide } from './service/upkeep/upkeep-side.ts'
import { watchedTransport } from './service/watching-crm.ts'
import { createWatchingSide } from './service/watching-side.ts'
import type { ReconciliationTiming } from './service/witness-side.ts'
import { openStore } from './store/sqlite/open-store.ts'
import { createObserver } from './watching/observer.ts'

export interface ServiceDeps {
  readonly log: Logger
  /** Epoch milliseconds. */
  readonly now?: () => number
  /** In [0, 1). */
  readonly random?: () => number
  /** How the log fares, for the status. */
  readonly logStatus?: () => object
  /** The configuration as it stands in its file now; it may throw. Without it every change needs a restart. */
  readonly reread?: () => Config
  /** That file: what can change in it while the service runs is followed. */
  readonly configFile?: string
  /** How often files and phones are looked at. */
  readonly looks?: { readonly filesMs?: number; readonly phonesMs?: number }
  /** How patient the second witness is. */
  readonly reconciliation?: ReconciliationTiming
}

export interface Service extends AsyncDisposable {
  /** The HTTP port that was opened. */
  readonly port: number
  status(): Promise<Readonly<Record<string, unknown>>>
  /** Rejects when a part that must never end has ended: the process should end too, and be started anew. */
  readonly broken: Promise<never>
}

/** Goes on evenly when the machine's clock is set: how long something took must not depend on that. Epoch milliseconds at the start. */
const steadyNow = () => performance.timeOrigin + performance.now()

/**
 * Builds everything in the order of dependence and starts it. Disposing stops it in good order, last first.
 * @throws StoreError, HttpDoorError when the state or the door cannot be opened; what was open by then is closed.
 */
export async function startService(config: Config, deps: ServiceDeps): Promise<Service> {
  const { now = Date.now, random = Math.random } = deps
  const observer = createObserver(deps.log, now)
  const { logOf, metrics } = observer
  const log = logOf('config')
  const { service, numbers } = config
  const off = service.mode === 'off'
  const startedAt = now()
  const live = createLiveConfig(config)
  await using opened = new AsyncDisposableStack()

  const { promise: storeDied, reject: onStoreDied } = Promise.withResolvers<never>()
  storeDied.catch(() => undefined)
  const store = opened.use(await openStore({ file: join(service.directory, 'callweave.db'), now, onDied: onStoreDied }))
  const asterisk = opened.use(
    createAsterisk({ ari: ariAddress(config), log: logOf('ari-link'), now: steadyNow, random }),
  )

  const cards = opened.use(
    createCardSide({ live, asteriskNow: asterisk.now, shown: metrics.cardsSent, log: logOf('card') }),
  )
  const staff = opened.use(
    await createStaffSide({
      ...{ live, settings: store.settings, now, log: logOf('staff'), lookMs: deps.looks?.filesMs },
      users: (signal) => crmSide.crm.users(signal),
    }),
  )
  const interpreter = {
    staff: staff.directory,
    country: numbers.country,
    ...(config.asterisk.trunks.length > 0 && { trunks: config.asterisk.trunks }),
  }
  const tracker = createCallTracker(interpreter)
  live.onChange(() => tracker.employ(staff.directory))
  live.onChange((held) => setLogLevel(deps.log, held.service.log))
  const upkeep = createUpkeepSide(config, store, log, now)
  const hooks = opened.use(
    await createHooksSide({
      ...{ live, store, tracker, log: logOf('hook'), now, configFile: deps.configFile, lookMs: deps.looks?.filesMs },
      ask: (...request) => crmSide.askForHook(...request),
    }),
  )
  const recordings = opened.use(
    await createRecordingsSide({
      config,
      journal: store.journal,
      tracker,
      log: logOf('recording'),
      now,
      rename: hooks.rename,
    }),
  )
  const ignored = opened.use(await openNumberLists(config.rules.ignore.files, log))
  const firstStartAt = await firstStart(store.settings, now())
  const settings = live.derive((held) => registrationSettings(held, firstStartAt, ignored.has, staff.isDismissed))
  const recordingUrl = linkOfCall(recordings)
  const crmSide = createCrmSide({
    ...{
      config,
      store,
      log: logOf('crm-refused'),
      now,
      random,
      registration: { settings, hooks: hooks.registration, recordingUrl },
    },
    transport: watchedTransport(createTransport(), metrics.crmAnswered),
    ...(deps.reread && { reread: deps.reread }),
  })
  const { sync, outbox } = crmSide
  const clicks = await createClickSide({
    live,
    state: store.settings,
    commands: asterisk.commands,
    tracker,
    cards: cards.socket,
    log: logOf('click'),
    now,
    ended: metrics.clickEnded,
    change: hooks.changeOriginate,
  })
  const { clickedOn } = clicks
  const endedCalls = opened.use(
    await createEndedCalls({
      ...{ config, store, crmSide, hooks, recordings, clickedOn, settings, tracker, interpreter, asterisk },
      ...{ firstStartAt, now, logOf, timing: deps.reconciliation },
    }),
  )
  const { witness, registration } = endedCalls
  const pump = opened.use(
    createLiveCalls({
      ...{ live, tracker, cards, hooks, witness, observer, asteriskNow: asterisk.now, index: store.contactIndex },
      followers: [
        clicks.react,
        registration.react,
        whenEnded((call) => recordings.watch(call)),
        whenEnded((call) => staff.ended(call)),
      ],
    }),
  )
  const routing = opened.use(
    createRoutingSide({
      live,
      store,
      asterisk,
      tracker,
      staff,
      now,
      log: logOf('routing'),
      ended: (...end) => watching.questionEnded(...end),
      change: hooks.changeRoute,
      phonesEveryMs: deps.looks?.phonesMs,
    }),
  )

  const { reread, configFile: file } = deps
  const follower =
    reread &&
    file !== undefined &&
    opened.use(
      followConfig({ file, reread, started: config, apply: staff.configure, now, log, lookMs: deps.looks?.filesMs }),
    )

  const parts = async () => ({
    version: packageJson.version,
    mode: service.mode,
    pbx: service.pbx,
    upSeconds: Math.round((now() - startedAt) / 1000),
    asterisk: asterisk.status(),
    calls: { live: tracker.live().length, noise: tracker.noiseCount() },
    reconciliation: witness.status(),
    routing: routing.status(),
    staff: staff.status(),
    ...(follower && { config: follower.status() }),
    cards: { browsers: cards.socket.connected() },
    crm: crmSide.access(),
    outbox: await outbox.status(),
    contactIndex: await sync.status(),
    recordings: await recordings.status(),
    hooks: hooks.status(),
    state: { ...(await upkeep.status()), unwrittenCalls: endedCalls.closer.unwritten() },
    ...(deps.logStatus && { log: deps.logStatus() }),
    memoryMb: Math.round(process.memoryUsage.rss() / 1e6),
  })
  const watching = opened.use(
    await createWatchingSide({
      ...{ live, store, observer, parts, asterisk, probeDatabase: witness.probeDatabase, now },
      environment: { env, pid },
    }),
  )
  const readCall = opened.use(
    await createReadCallSide({
      ...{ live, store, registration: endedCalls.ofRecords, wakeOutbox: outbox.wake, log: logOf('database'), now },
      ...{ reconciliation: witness.reconciliation, administrators: watching.administrators },
    }),
  )
  const doors = opened.use(
    await openDoors({
      config,
      routers: [watching, clicks, staff, routing, recordings, crmSide, readCall].map(({ router }) => router),
      cards: cards.socket,
      desk: crmSide.desk,
      controlRouters: [watching.controlRouter, readCall.controlRouter, forgetRouter(store.upkeep)],
      logOf,
    }),
  )
  const endsSlowly = (waitsFor: readonly string[]) => log.warn({ waitsFor }, 'ending takes its time')
  // What speaks with the CRM is stopped first: calls that end while it lets its requests come home are still heard and journalled.
  const ear = opened.use(
    backgroundLoops(
      {
        'call events': off
          ? untilAborted
          : (signal) =>
              listen({ asterisk, pump, desk: routing, clicks, witness, watching, log: logOf('ari-link') }, signal),
        'unwatched times': witness.run,
        phones: off ? untilAborted : routing.run,
        watching: watching.run,
      },
      endsSlowly,
    ),
  )
  const loops = opened.use(
    backgroundLoops(
      {
        outbox: service.mode === 'on' ? outbox.run : untilAborted,
        'contact index': off ? untilAborted : sync.run,
        'users of the CRM': off ? untilAborted : staff.run,
        upkeep: upkeep.run,
      },
      endsSlowly,
    ),
  )
  const broken = Promise.race([ear.broken, loops.broken, storeDied])
  broken.catch(() => undefined)
  opened.defer(watching.ending)
  const closing = opened.move()
  return {
    port: doors.port,
    status: watching.status,
    broken,
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  }
}

function whenEnded(react: (call: Call) => void): (phase: Phase) => void {
  return (phase) => {
    if (phase.kind === 'ended') react(phase.call)
  }
}
