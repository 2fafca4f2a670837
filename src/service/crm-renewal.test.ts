import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { afterEach, beforeEach, test } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import { type Config, ConfigFile } from '../config/schema.ts'
import { factsOf } from '../registration/_settings.ts'
import { noHooks } from '../registration/hooks.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { type CrmSide, createCrmSide } from './crm-side.ts'
import { registrationSettings } from './settings.ts'

const anna = { user: 7000001, admin: true }
let folder: string
let store: Store
let sandbox: Sandbox
let side: CrmSide
let stop: AbortController
let running: Promise<unknown>

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-renewal-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
  // Filled already: this is about getting in, not about reading.
  await store.contactIndex.saveProgress({ complete: true, cursor: Date.now() })
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

const configWith = (crm: object): Config =>
  ConfigFile.parse({
    service: { directory: folder },
    asterisk: { ari: { password: 'p' } },
    crm: { url: sandbox.url, refreshSeconds: 5, requestsPerSecond: 7, ...crm },
  })

function start(written: () => Config): void {
  const config = written()
  const settings = registrationSettings(config, 0)
  const registration = { settings: () => settings, hooks: noHooks, recordingUrl: () => undefined }
  const common = { config, store, log: pino({ level: 'silent' }), now: Date.now, random: () => 0.5, registration }
  side = createCrmSide({ ...common, reread: written, cureLookMs: 20 })
  running = Promise.all([side.outbox.run(stop.signal), side.sync.run(stop.signal)])
}
const say = (key: string, phone: string) => {
  const payload = { call: factsOf({ phone, quietAt: Date.now() + 600_000 }) }
  return store.outbox.add([{ key, kind: 'client', lane: phone, urgency: 'live', payload }])
}
async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; !(await reached()); n++) {
    assert.ok(n < 250, 'not reached within five seconds')
    await sleep(20)
  }
}
const needsPerson = () => side.access().needsPerson !== undefined

test('given a long-lived token that was revoked, when a new one stands in the file, then what waited goes on without a restart', async () => {
  let token = sandbox.token
  start(() => configWith({ token }))
  await until(() => sandbox.requests().length > 0)
  sandbox.revoke(token)
  await say('main/1:client', '+79221532327')
  await until(needsPerson)
  assert.equal((await store.outbox.counts()).dead, 0)
  token = sandbox.issueToken(anna)
  await until(() => sandbox.contacts().length === 1)
  assert.equal(needsPerson(), false)
})

test('given an integration that was switched off, when it is authorised anew by command, then what waited goes on', async () => {
  const { id, secret, redirectUri } = sandbox.oauth.client
  const oauth = { clientId: id, clientSecret: secret, redirectUri, code: sandbox.oauth.issueCode(anna) }
  start(() => configWith({ oauth }))
  await until(() => !needsPerson())
  await sandbox.oauth.disconnect()
  await say('main/1:client', '+79221532327')
  await until(needsPerson)
  await side.desk.authorise(sandbox.oauth.issueCode(anna), stop.signal)
  await until(() => sandbox.contacts().length === 1)
  assert.equal((await store.outbox.counts()).dead, 0)
})
