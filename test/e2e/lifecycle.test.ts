import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually, type Stage, setStage } from '../stage/stage.ts'
import { type SmallDisk, smallDisk } from './_small-disk.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const RING_MS = 10_000
/** Catching up waits until the group is quiet and the CRM has been asked whether the note is there already. */
const TOLD_BY_CEL_MS = 40_000
const SETTLE_MS = 30_000
const KNOWN = '+79221532327'

/** Nothing of them may stand anywhere but in the configuration. `lab-secret` is Asterisk's and MariaDB's. */
const secrets = {
  telegram: '99:telegram-secret-7f3a',
  hook: 'hook-secret-7f3a-91bc',
  status: 'status-secret-7f3a-91bc',
  card: 'card-token-of-person-101',
}

const parts = new AsyncDisposableStack()
let disk: SmallDisk
let stage: Stage
let directory: string
let service: Awaited<ReturnType<Stage['start']>>
/** Everything every service of this file has said. */
const said: string[] = []

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-lifecycle-'))
  parts.defer(() => rm(directory, { recursive: true, force: true }))
  const state = await mkdtemp(join(tmpdir(), 'callweave-small-'))
  parts.defer(() => rm(state, { recursive: true, force: true }))
  disk = parts.use(await smallDisk(state, 20))
  stage = parts.use(
    await setStage({
      asterisk: '22',
      impatient: true,
      sandbox: { seed: (hands) => void hands.addContact({ name: 'Иван Петров', phones: [KNOWN], owner: 7_000_002 }) },
      onLine: (line) => said.push(JSON.stringify(line)),
      config: {
        service: { directory: state, log: 'trace', backupDays: 0 },
        webserver: { statusToken: secrets.status },
        alerts: {
          ...{ webhook: { url: 'http://127.0.0.1:9/hook', token: secrets.hook }, diskGigabytes: 100_000 },
          telegram: { url: 'http://127.0.0.1:9', token: secrets.telegram, chat: '-100' },
        },
      },
    }),
  )
  service = await stage.start()
})
afterAll(() => parts.disposeAsync())

const notes = (phone: string) => stage.sandbox.callNotes().filter((note) => note.phone === phone)

/** A command of the command line, beside the service. */
async function callweave(...args: string[]): Promise<{ code: number; out: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; out: string }>()
  execFile(execPath, [main, ...args, '--config', stage.configFile], { timeout: 30_000 }, (error, stdout, stderr) => {
    resolve({ code: error ? Number(error.code ?? 1) : 0, out: stdout + stderr })
  })
  return promise
}

test('given a full disk, when calls come, then they are routed and shown, wait in memory, and are registered when there is room', async () => {
  using anna = await stage.cards('101')
  await disk.fill()
  const call = stage.lab.trunk.call({ from: KNOWN, did: '7001', hangUp: 'caller', talkMs: 1_000 })
  const ring = await stage.lab.phone('101').waitForRing(RING_MS)
  expect(ring.displayName).toBe('Иван Петров')
  await anna.waitFor((message) => message.type === 'card' && JSON.stringify(message).includes('Иван Петров'), 2_000)
  await stage.lab.phone('101').accept()
  await call
  await eventually(
    async () => (await service.status('state.unwrittenCalls')) === 1,
    5_000,
    'no call waits for the disk',
  )
  expect(await service.status('asterisk.state')).toBe('up')
  const refused = await callweave('backup')
  expect(refused).toEqual({ code: 1, out: expect.stringContaining('no room for a copy') })
  expect(notes(KNOWN)).toHaveLength(0)
  await disk.empty()
  await eventually(() => notes(KNOWN).length === 1, 15_000, 'the call is not in the CRM')
  expect(notes(KNOWN)[0]).toMatchObject({ status: 4, author: 7_000_001 })
  // CEL may have told the call before the disk was tried again.
  await eventually(
    async () => (await service.status('state.unwrittenCalls')) === 0,
    15_000,
    'a call still waits for the disk',
  )
})

test('given a service that runs, when a second one is started, then it is refused; killed, its state is free at once', async () => {
  const second = await callweave('run')
  expect(second).toEqual({ code: 1, out: expect.stringContaining(`in use by process ${service.pid}`) })
  service.signal('SIGKILL')
  await sleep(100)
  service = await stage.start()
})

test('given a conversation, when the service is stopped, then it ends soon, the next call goes its way at once, and both are told after the next start', async () => {
  const from = '+79035550001'
  const talk = stage.lab.trunk.call({ from, did: '7001', hangUp: 'caller', talkMs: 4_000 })
  await stage.lab.phone('101').waitForRing(RING_MS)
  await stage.lab.phone('101').accept()
  await stage.lab.phone('101').waitForTalk(RING_MS)
  const began = performance.now()
  expect(await service.stop()).toBe(0)
  expect(performance.now() - began).toBeLessThan(4_000)
  const asked = performance.now()
  const next = stage.lab.trunk.call({ from: '+79035550002', did: '7001', giveUpAfterMs: 1_500 })
  await talk
  await next
  expect(performance.now() - asked).toBeLessThan(8_000)
  service = await stage.start()
  await eventually(
    () => ['+79035550001', '+79035550002'].every((number) => notes(number).length === 1),
    TOLD_BY_CEL_MS,
    'the calls of the stop are not in the CRM',
  )
})

test('given a copy made while calls go on, when it is restored, then what the CRM has is not doubled, and nobody restores under a running service', async () => {
  const copy = join(directory, 'copy.db')
  const calling = stage.lab.trunk.call({ from: '+79035550003', did: '7001', giveUpAfterMs: 1_200 })
  expect((await callweave('backup', copy)).code).toBe(0)
  await calling
  await eventually(() => notes('+79035550003').length === 1, SETTLE_MS, 'the call is not in the CRM')
  expect(await callweave('restore', copy)).toEqual({ code: 1, out: expect.stringContaining('in use by process') })
  await service.stop()
  expect(await callweave('restore', copy)).toEqual({ code: 0, out: expect.stringContaining('is kept as') })
  service = await stage.start()
  await sleep(3_000)
  expect(notes('+79035550003')).toHaveLength(1)
})

test('given a person who asks for it, when they are forgotten while the service runs, then the state does not know them', async () => {
  const { code, out } = await callweave('forget', KNOWN)
  expect([code, out]).toEqual([0, expect.stringMatching(/calls: [1-9]/)])
  expect((await callweave('forget', '--dry-run', KNOWN)).out).toMatch(/calls: 0/)
})

test('given errors of every kind on the lowest level of the log, when all that was said and shown is read, then no secret is in it', async () => {
  const { lab, sandbox } = stage
  sandbox.fault({ do: { kind: 'reset' }, times: 2 })
  sandbox.fault({ do: { kind: 'unauthorized' }, times: 1 })
  await lab.trunk.call({ from: '+79035550004', did: '7001', giveUpAfterMs: 800 })
  const pages = await Promise.all(
    ['/status', '/metrics', '/healthz', '/readyz', '/nowhere?token=x'].map(async (path) => {
      const headers = { authorization: `Bearer ${secrets.card}` }
      return (await fetch(`http://127.0.0.1:${stage.port}${path}`, { headers })).text()
    }),
  )
  const text = await readFile(stage.configFile, 'utf8')
  await writeFile(stage.configFile, text.replace(secrets.status, `${secrets.status} with blanks`))
  await eventually(() => said.some((line) => line.includes('cannot be used')), 5_000, 'the bad file was not noticed')
  await writeFile(stage.configFile, text.replace('"log": "trace"', '"log": "warn"'))
  await service.waitForLog(({ msg }) => msg === 'the configuration was read again', 5_000)
  const before = said.length
  await lab.trunk.call({ from: '+79035550005', did: '7001', giveUpAfterMs: 500 })
  // Less is logged from now on.
  expect(said.slice(before).filter((line) => line.includes('"level":"info"'))).toEqual([])
  const all = [...said, ...pages].join('\n')
  expect(said.length).toBeGreaterThan(50)
  for (const secret of [...Object.values(secrets), sandbox.token, lab.ari.password, lab.database.password]) {
    expect(all.includes(secret), secret).toBe(false)
  }
})
