import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Router from 'koa-router'
import { z } from 'zod'
import type { AsteriskLink } from '../asterisk/asterisk-link.ts'
import type { CallEvent } from '../calls/call-event.ts'
import type { Config } from '../config/schema.ts'
import { administratorsOnly } from '../http/administrators.ts'
import { readCertificate } from '../http/certificate.ts'
import { statusRouter } from '../http/status-router.ts'
import type { Settings, Store } from '../store/ports.ts'
import { type Alerts, createAlerts } from '../watching/alerts/alerts.ts'
import { conditionsOf } from '../watching/alerts/conditions.ts'
import { createDelivery } from '../watching/alerts/delivery.ts'
import { createFindings } from '../watching/findings.ts'
import type { Observer } from '../watching/observer.ts'
import type { Parts } from '../watching/parts.ts'
import { keepPulse } from '../watching/pulse.ts'
import { statusTree, type Watched } from '../watching/status-tree.ts'
import { createSystemd, type SystemdDeps } from '../watching/systemd.ts'
import { createTestCalls, type TestCalls } from '../watching/test-call.ts'
import { alertChannels } from './alert-channels.ts'
import type { LiveConfig } from './live-config.ts'
import { nightly } from './nightly.ts'
import { readiness } from './readiness.ts'

export interface WatchingSideDeps {
  readonly live: LiveConfig
  readonly store: Pick<Store, 'settings' | 'registered' | 'journal'>
  readonly observer: Observer
  readonly parts: () => Promise<Parts>
  readonly asterisk: Pick<AsteriskLink, 'commands' | 'status'>
  /** Why the database of CDR and CEL does not answer; undefined: it does, or there is none. */
  readonly probeDatabase: () => Promise<string | undefined>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly environment: Pick<SystemdDeps, 'env' | 'pid'>
}

/** How the service is: for people, for machines, for systemd, for whoever is told when something is wrong. */
export interface WatchingSide extends AsyncDisposable {
  readonly router: Router
  readonly administrators: ReturnType<typeof administratorsOnly>
  /** For `callweave testcall`. */
  readonly controlRouter: Router
  status(): Promise<Readonly<Record<string, unknown>>>
  /** What Asterisk tells, besides what calls make of it. */
  hear(events: readonly CallEvent[]): void
  questionHeard(linkedid: string): void
  questionEnded(linkedid: string, outcome: 'answered' | 'late' | 'failed', ms: number | undefined): void
  run(signal: AbortSignal): Promise<void>
  /** The service begins to end. */
  ending(): Promise<void>
}

const LOOK_MS = 5_000
const ALIVE = 'watching.alive'
const TEST_CALL = 'watching.test-call'
const HOUR_MS = 3_600_000
const TestCallKept = z.object({ at: z.number(), ok: z.boolean(), failedAt: z.string(), tookMs: z.number() })

/** @throws StoreError */
export async function createWatchingSide(deps: WatchingSideDeps): Promise<WatchingSide> {
  const { live, store, observer, parts, asterisk, probeDatabase, now, environment } = deps
  const config = live.current()
  const { metrics } = observer
  const log = observer.logOf('alert')
  await using opened = new AsyncDisposableStack()
  const testCalls = createTestCalls(
    {
      now,
      originate: (id) => asterisk.commands.originate(testOriginate(id, config.testCall.did)),
      isJournalled: async (id) => (await store.journal.find(config.service.pbx, id)) !== undefined,
      keep: (result) => store.settings.set(TEST_CALL, JSON.stringify(result)),
    },
    keptTestCall(await store.settings.get(TEST_CALL)),
  )
  const findings = createFindings({
    ...{
      registered: store.registered,
      pbx: config.service.pbx,
      directories: directoriesOf(config),
      probeDatabase,
      now,
    },
    certificateEndsAt: () => config.webserver.https && readCertificate(config.webserver.https).validTo.getTime(),
    testCall: testCalls.last,
  })
  const delivery = opened.use(createDelivery({ channels: alertChannels(config), log }))
  const alerts = await createAlerts({
    ...{ settings: store.settings, delivery, pbx: config.service.pbx, language: config.alerts.language, log },
    repeatMs: config.alerts.repeatHours * HOUR_MS,
  })
  await noteCrash(store.settings, alerts, now())
  const systemd = createSystemd({ ...environment, log })
  let pausedUntil: number | undefined
  let line = 'starting'

  const watched = async (): Promise<Watched> => ({
    parts: await parts(),
    findings: findings.current(),
    alerts: alerts.active(),
    errors: observer.errors(),
    now: now(),
  })

  const look = async (): Promise<void> => {
    await findings.look()
    const seen = await watched()
    await alerts.look(conditionsOf(seen, config.alerts, now()), now())
    const { paused } = seen.parts.outbox
    if (paused && paused.untilMs !== pausedUntil) metrics.crmPaused()
    pausedUntil = paused?.untilMs
    line = statusLine(seen)
  }

  const keepLooking = async (signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => log.error({ err: error }, 'the house could not be looked at'))
      await rest(LOOK_MS, signal)
    }
  }

  const administrators = administratorsOnly({
    administrators: () => live.current().webserver.administrators,
    log: observer.logOf('http'),
    now,
  })
  const status = async () => ({ ...statusTree(await watched()), alertChannels: delivery.status() })
  const closing = opened.move()

  return {
    administrators,
    router: statusRouter({
      ...{ status, administrators },
      ready: () => readiness(config.service, asterisk),
      metrics: async () => ({ text: await metrics.text(await watched()), type: metrics.contentType }),
      token: () => live.current().webserver.statusToken,
    }),
    controlRouter: testCallRouter(testCalls),
    status,
    hear: (events) => {
      metrics.eventsHeard(events)
      for (const event of events) {
        if (event.kind === 'channel-gone') testCalls.channelGone(event.channel.linkedid ?? '', event.cause)
      }
    },
    questionHeard: testCalls.questionHeard,
    questionEnded: (linkedid, outcome, ms) => {
      metrics.questionEnded(outcome, ms)
      testCalls.questionEnded(linkedid, outcome === 'answered')
    },
    run: async (signal) => {
      const beat = () => store.settings.set(ALIVE, JSON.stringify({ at: now(), ended: false }))
      await Promise.all([
        keepLooking(signal),
        keepPulse({ systemd, beat, beaten: metrics.committed, status: () => line, log }, signal),
        nightly(config.testCall.at, testCalls.make, signal),
      ])
    },
    ending: async () => {
      await systemd.notify({ STOPPING: '1' })
    },
    [Symbol.asyncDispose]: async () => {
      await closing.disposeAsync()
      await store.settings.set(ALIVE, JSON.stringify({ at: now(), ended: true })).catch(() => undefined)
    },
  }
}

function testCallRouter(testCalls: Pick<TestCalls, 'make'>): Router {
  const router = new Router()
  router.post('/testcall', async (ctx) => {
    ctx.body = await testCalls.make()
  })
  return router
}

/** It goes through the same question as a call that arrived, and through nothing else: no phone rings, whatever the answer is. */
function testOriginate(channelId: string, did: string) {
  const endpoint = `Local/${did}@callweave-test/n`
  // Its first half is never answered, so the place after that is never reached.
  return { channelId, endpoint, context: 'callweave-test', extension: did, timeoutSeconds: 10 }
}

function directoriesOf({ service, recordings }: Config) {
  return [
    { holds: 'state', directory: service.directory },
    { holds: 'recordings', directory: recordings.cacheDirectory ?? join(service.directory, 'recordings') },
  ] as const
}

/** Whoever was here before and did not say good-bye was killed, crashed, or lost its machine. */
async function noteCrash(settings: Settings, alerts: Alerts, now: number): Promise<void> {
  const before = z.object({ ended: z.boolean() }).safeParse(parsed(await settings.get(ALIVE)))
  if (before.success && !before.data.ended) alerts.happened('restarted-after-crash', now)
}

function keptTestCall(text: string | undefined) {
  const kept = TestCallKept.safeParse(parsed(text))
  return kept.success ? kept.data : undefined
}

function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '')
  } catch {
    return undefined
  }
}

/** What `systemctl status` shows. */
function statusLine({ parts, alerts }: Watched): string {
  const wrong = alerts.map(({ kind }) => kind).join(', ')
  return `Asterisk ${parts.asterisk.state}, calls: ${parts.calls.live}, mode ${parts.mode}${wrong && `; wrong: ${wrong}`}`
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
