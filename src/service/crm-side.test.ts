import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import { ConfigFile } from '../config/schema.ts'
import { factsOf } from '../registration/_settings.ts'
import { noHooks } from '../registration/hooks.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { type CrmSide, createCrmSide } from './crm-side.ts'
import { registrationSettings } from './settings.ts'

let folder: string
let store: Store
let sandbox: Sandbox
let side: CrmSide
let stop: AbortController
let running: Promise<unknown>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-crm-side-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await running
  await sandbox[Symbol.asyncDispose]()
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

function start(): void {
  const config = ConfigFile.parse({
    asterisk: { ari: { password: 'p' } },
    crm: { url: sandbox.url, token: sandbox.token, refreshSeconds: 5, requestsPerSecond: 7 },
  })
  const log = pino({ level: 'silent' })
  const settings = registrationSettings(config, 0)
  const registration = { settings: () => settings, hooks: noHooks, recordingUrl: () => undefined }
  side = createCrmSide({ config, store, log, now: Date.now, random: () => 0.5, registration })
  running = Promise.all([side.outbox.run(stop.signal), side.sync.run(stop.signal)])
}
const say = (key: string, phone: string) =>
  store.outbox.add([
    {
      key,
      kind: 'client',
      lane: phone,
      urgency: 'live',
      payload: { call: factsOf({ phone, quietAt: Date.now() + 600_000 }) },
    },
  ])

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; !(await reached()); n++) {
    assert.ok(n < 250, 'not reached within five seconds')
    await sleep(20)
  }
}

test('given a pause of the process before, when the CRM answers the new token, then nobody waits for its end', async () => {
  const paused = { untilMs: Date.now() + 300_000, reason: 'the CRM does not take the token' }
  await store.settings.set('outbox.pause', JSON.stringify(paused))
  await say('main/1:client', '+79221532327')
  start()
  await until(() => sandbox.contacts().length === 1)
  assert.equal((await side.outbox.status()).paused, undefined)
})

test('given a job the CRM will not take, then the status tells which and why', async () => {
  await say('main/2:client', 'anonymous')
  start()
  await until(async () => (await side.outbox.status()).counts.dead === 1)
  assert.deepEqual((await side.outbox.status()).lastDead, [
    { job: 'main/2:client', kind: 'client', reason: "not a client's number: anonymous" },
  ])
})

test('given a filled index, then the status tells the full pass', async () => {
  start()
  await until(async () => (await side.sync.status()).complete)
  assert.deepEqual(Object.keys(await side.sync.status()), [
    'complete',
    'clients',
    'fill',
    'cursor',
    'lastError',
    'leads',
    'fullPass',
    'webhook',
  ])
})
