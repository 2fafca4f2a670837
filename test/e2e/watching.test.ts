import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { env, execPath } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DatagramListener, listenToDatagrams } from '../stage/datagram-listener.ts'
import { type HttpReceiver, receiveHttp } from '../stage/http-receiver.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'
import { startTcpProxy, type TcpProxy } from '../stage/tcp-proxy.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../../', import.meta.url))
const RING_MS = 10_000
const SETTLE_MS = 40_000

const parts = new AsyncDisposableStack()
let ari: TcpProxy
let told: HttpReceiver
let systemd: DatagramListener
let stage: Stage
let service: ServiceProcess

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-watching-'))
  parts.defer(() => rm(directory, { recursive: true }))
  ari = parts.use(await startTcpProxy())
  told = parts.use(await receiveHttp())
  systemd = parts.use(await listenToDatagrams(join(directory, 'notify')))
  stage = parts.use(
    await setStage({
      asterisk: '22',
      impatient: true,
      config: {
        asterisk: { ari: { url: `http://127.0.0.1:${ari.port}`, user: 'callweave', password: 'lab-secret' } },
        alerts: {
          language: 'en',
          linkSeconds: 1,
          diskGigabytes: 0,
          diskPercent: 0,
          webhook: { url: `${told.url}/hook`, token: 'opens-the-hook' },
          telegram: { url: told.url, token: '12:secret', chat: '-100' },
        },
      },
    }),
  )
  ari.target(stage.lab.ports.ari)
  Object.assign(env, { NOTIFY_SOCKET: join(directory, 'notify'), WATCHDOG_USEC: '3000000' })
  parts.defer(() => {
    for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC']) delete env[name]
  })
  service = await stage.start()
})
afterAll(() => parts.disposeAsync())

const page = async (path: string) => (await fetch(`http://127.0.0.1:${stage.port}${path}`)).text()

/** Value of one line of `/metrics`; 0 while it is not there. */
async function metric(line: string): Promise<number> {
  const found = (await page('/metrics')).split('\n').find((one) => one.startsWith(`${line} `))
  return Number(found?.slice(line.length + 1) ?? 0)
}

async function callweave(...args: readonly string[]) {
  const main = join(root, 'src/main.ts')
  return run(execPath, [main, ...args, '--config', stage.configFile]).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { code: number; stdout: string }) => ({ code, stdout }),
  )
}

test('given calls, when they have ended, then the metrics have moved: calls, events, the answer’s time, the CRM’s, the disk’s', async () => {
  const under = stage.lab.trunk.call({ from: '+79221532327', did: '7001', hangUp: 'caller', talkMs: 1_500 })
  await stage.lab.phone('101').waitForRing(RING_MS)
  await stage.lab.phone('101').accept()
  await eventually(async () => (await metric('callweave_calls_live')) === 1, RING_MS, 'no call is live')
  await under
  await stage.settled(SETTLE_MS)
  expect(await metric('callweave_calls_total{direction="in",result="answered"}')).toBe(1)
  expect(await metric('callweave_events_total{kind="channel-created"}')).toBeGreaterThanOrEqual(2)
  expect(await metric('callweave_questions_total{outcome="answered"}')).toBe(1)
  expect(await metric('callweave_decision_seconds_count')).toBe(1)
  expect(await metric('callweave_crm_requests_total{outcome="2xx"}')).toBeGreaterThan(1)
  expect(await metric('callweave_outbox_jobs{state="done"}')).toBeGreaterThan(1)
  expect(await metric('callweave_commit_seconds_count')).toBeGreaterThan(0)
  expect(await metric('callweave_success_ratio')).toBe(1)
  // Whoever calls, whoever answers: no line of the page knows.
  expect(await page('/metrics')).not.toMatch(/79221532327|"101"|7001/)
})

test('given a service that works, when its status is asked for, then the fields of other connectors’ monitoring are there, and each example of the docs runs in jq', async () => {
  expect(JSON.parse(await page('/status'))).toMatchObject({
    app_status: 'Ok',
    app_state: '',
    app: { crm: { on: true }, c2c: { connected: true, on: true }, crm_type: 'amocrm', calls_storage: { calls: 0 } },
    mode: 'on',
    registered: { share: 1 },
  })
  expect(await page('/status?path=app.crm.on')).toBe('true')
  const docs = await readFile(join(root, 'docs/monitoring.md'), 'utf8')
  const told = [
    ...Object.keys(JSON.parse(await page('/status'))),
    ...Object.keys(JSON.parse(await page('/status?path=app'))),
  ]
  expect(told.filter((field) => !new RegExp(`[\`.]${field}\\b`).test(docs))).toEqual([])
  const examples = [...docs.matchAll(/^(curl .*\| jq .*)$/gm)].map(([, line = '']) => line)
  expect(examples.length).toBeGreaterThan(5)
  for (const example of examples) {
    const { stdout } = await run('sh', ['-c', example.replaceAll(':8077/', `:${stage.port}/`)])
    expect([example, stdout]).not.toEqual([example, expect.stringMatching(/^(null)?\s*$/)])
  }
})

test('given systemd, when the service is up, then it is told so and given signs of life', async () => {
  const lives = () => systemd.datagrams.filter((text) => /^WATCHDOG=1$/m.test(text))
  expect(systemd.datagrams[0]).toMatch(/^READY=1$/m)
  const before = lives().length
  await eventually(() => lives().length >= before + 2, 8_000, 'no sign of life')
  expect(lives().at(-1)).toMatch(/^STATUS=Asterisk up, calls: \d, mode on$/m)
})

test('given nobody who calls, when a test call is made, then it goes its whole way, rings nobody and leaves nothing in the CRM', async () => {
  stage.sandbox.clearRequests()
  expect(await callweave('testcall')).toEqual({ code: 0, stdout: expect.stringMatching(/^well: \d+ ms\n$/) })
  await stage.settled(SETTLE_MS)
  expect(await service.status('testCall.ok')).toBe(true)
  expect(await metric('callweave_test_call_ok')).toBe(1)
  expect(stage.sandbox.requests().filter(({ method }) => method !== 'GET')).toEqual([])
  expect(stage.sandbox.callNotes()).toHaveLength(1)
  expect(await metric('callweave_calls_total{direction="internal",result="failed"}')).toBe(0)
})

test('given a link to Asterisk that is cut, when it lasts and is mended, then it is told once that it began and once that it is over, to the webhook and the chat', async () => {
  const about = (phase: string) => told.received.filter(({ body }) => body['phase'] === phase)
  ari.cut()
  await eventually(() => about('began').length > 0, 15_000, 'nobody was told')
  expect(await service.status('app_status')).toBe('Error')
  expect(await metric('callweave_alert_active{kind="ari-link-lost"}')).toBe(1)
  expect((await fetch(`http://127.0.0.1:${stage.port}/readyz`)).status).toBe(503)
  expect((await callweave('testcall')).stdout).toMatch(/^failed at the step "originate"/)
  ari.mend()
  await eventually(
    () => about('over').some(({ body }) => body['kind'] === 'ari-link-lost'),
    20_000,
    'the end was not told',
  )
  expect(await service.status('errors.lastHour.ari-link')).toBeGreaterThan(0)
  expect(about('began').filter(({ body }) => body['kind'] === 'ari-link-lost')).toEqual([
    { path: '/hook', authorization: 'Bearer opens-the-hook', body: expect.objectContaining({ pbx: 'stage' }) },
  ])
  const messages = told.received
    .filter(({ path }) => path === '/bot12:secret/sendMessage')
    .map(({ body }) => body['text'])
  expect(messages).toContainEqual(expect.stringMatching(/^Callweave, stage: trouble\. No link to Asterisk: /))
  expect(messages).toContainEqual(expect.stringMatching(/^Callweave, stage: trouble is over \(1 min\)\. No link/))
})

test('given receivers, when a trial is sent, then both have it', async () => {
  expect(await callweave('alerts', 'test')).toEqual({ code: 0, stdout: 'webhook: sent\ntelegram: sent\n' })
})

test('given a service that was killed, when it is started anew, then somebody is told; one that was stopped says good-bye', async () => {
  service.signal('SIGKILL')
  service = await stage.start()
  const crashes = () => told.received.filter(({ body }) => body['kind'] === 'restarted-after-crash')
  await eventually(() => crashes().length === 1, 5_000, 'nobody was told of the crash')
  expect(systemd.datagrams.some((text) => /^STOPPING=1$/m.test(text))).toBe(false)
  await service.stop()
  expect(systemd.datagrams.filter((text) => /^STOPPING=1$/m.test(text))).toHaveLength(1)
  service = await stage.start()
  expect(crashes()).toHaveLength(1)
})
