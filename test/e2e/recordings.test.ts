import { execFile } from 'node:child_process'
import { appendFile, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openKeyRing } from '../../src/recordings/key-ring.ts'
import { recordingLink } from '../../src/recordings/recording-link.ts'
import { readWavState } from '../../src/recordings/wav-header.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'

const RING_MS = 10_000
const SETTLE_MS = 40_000
const main = join(import.meta.dirname, '../../src/main.ts')
const run = promisify(execFile)

/** Recorded while somebody talks, as FreePBX does it; 7011 goes on to a second person with a recording of its own. */
const DIALPLAN = `
[recorded]
exten => record,1,Set(RECORDED=in-\${ARG1}-\${CALLERID(num)}-\${STRFTIME(\${EPOCH},,%Y%m%d-%H%M%S)}-\${UNIQUEID}-\${ARG2}.wav)
 same => n,Set(CDR(recordingfile)=\${RECORDED})
 same => n,MixMonitor(/var/spool/asterisk/monitor/\${STRFTIME(\${EPOCH},,%Y/%m/%d)}/\${RECORDED},b)
 same => n,Return()
[default-route](+)
exten => 7010,1,Gosub(recorded,record,1(\${EXTEN},1))
 same => n,Dial(PJSIP/101,20,tT)
exten => 7011,1,Gosub(recorded,record,1(\${EXTEN},1))
 same => n,Dial(PJSIP/101,20,tTg)
 same => n,StopMixMonitor()
 same => n,Gosub(recorded,record,1(\${EXTEN},2))
 same => n,Dial(PJSIP/102,20,tT)
`

let stage: Stage
let service: ServiceProcess
let config: Record<string, Record<string, unknown>>

beforeAll(async () => {
  stage = await setStage({ asterisk: '22', config: { service: { mode: 'watch' } } })
  await appendFile(join(stage.lab.etcAsterisk, 'extensions_custom.conf'), DIALPLAN)
  await stage.lab.reload()
  config = JSON.parse(await readFile(stage.configFile, 'utf8'))
  await configure({})
  service = await stage.start()
})
afterAll(() => stage?.[Symbol.asyncDispose]())

/** The recordings section: the PBX's spool is seen elsewhere, as beside a PBX. */
async function configure(changes: Record<string, unknown>): Promise<void> {
  const recordings = {
    publicUrl: `http://127.0.0.1:${stage.port}`,
    mounts: [{ pbx: '/var/spool/asterisk', here: stage.lab.spool }],
    waitSeconds: 8,
    ...changes,
  }
  await writeFile(stage.configFile, JSON.stringify({ ...config, recordings }))
}

const keys = () => openKeyRing(String(config['service']?.['directory']), Date.now)

async function linkedidOf(from: string): Promise<string> {
  const rows = await stage.lab.cel()
  const row = rows.find(({ cid_num, eventtype }) => String(cid_num) === from && eventtype === 'CHAN_START')
  return String(row?.['linkedid'])
}

function linkOf(id: string): string {
  const call = {
    id,
    linkedids: [id],
    startedAt: 0,
    endedAt: 0,
    answered: true,
    client: '',
    line: '',
    recordings: ['a'],
  }
  const publicUrl = `http://127.0.0.1:${stage.port}`
  return recordingLink(call, { pbx: 'stage', publicUrl, storageLink: undefined, timeZone: undefined }, keys()) ?? ''
}

/** curl's own view: status, headers in small letters, body. */
async function curl(
  ...args: readonly string[]
): Promise<{ status: number; headers: Map<string, string>; body: Buffer }> {
  const { stdout } = await run('curl', ['-sS', '-D', '-', ...args], { encoding: 'buffer', maxBuffer: 1e8 })
  const end = stdout.indexOf('\r\n\r\n')
  const [first = '', ...lines] = stdout.toString('latin1', 0, end).split('\r\n')
  const headers = new Map(
    lines.map((line) => [line.split(':')[0]?.toLowerCase() ?? '', line.replace(/^[^:]*:\s*/, '')]),
  )
  return { status: Number(first.split(' ')[1]), headers, body: stdout.subarray(end + 4) }
}

/** Seconds of sound in an MP3, decoded by somebody else's decoder and counted by soxi. */
async function secondsOf(mp3: Buffer): Promise<number> {
  const [file, wav] = [join(stage.configFile, '../heard.mp3'), join(stage.configFile, '../heard.wav')]
  await writeFile(file, mp3)
  await run('lame', ['--quiet', '--decode', file, wav])
  return secondsOfFile(wav)
}

async function secondsOfFile(file: string): Promise<number> {
  return Number((await run('soxi', ['-D', file])).stdout)
}

async function recordingsOf(id: string): Promise<readonly string[]> {
  const monitor = join(stage.lab.spool, 'monitor')
  const names = await readdir(monitor, { recursive: true })
  return names
    .filter((name) => name.includes(id))
    .toSorted()
    .map((name) => join(monitor, name))
}

let single: string

test('given a recorded call, when its link is opened while it lives, then it says "not yet"; afterwards curl hears it whole and in parts', async () => {
  const from = '+79221532301'
  const call = stage.lab.trunk.call({ from, did: '7010', hangUp: 'caller', talkMs: 6_000, audio: true })
  await stage.lab.phone('101').waitForRing(RING_MS)
  await stage.lab.phone('101').accept()
  await sleep(2_000)
  await eventually(async () => (await linkedidOf(from)) !== 'undefined', 5_000, 'no CEL row of the call')
  single = await linkedidOf(from)
  const early = await curl(linkOf(single))
  expect([early.status, early.headers.get('retry-after')]).toEqual([404, '10'])
  const [file = ''] = await recordingsOf(single)
  expect(await readWavState(file)).toBe('open')
  await call
  await stage.settled(SETTLE_MS)

  const whole = await curl(linkOf(single))
  expect([whole.status, whole.headers.get('content-type'), whole.headers.get('accept-ranges')]).toEqual([
    200,
    'audio/mpeg',
    'bytes',
  ])
  expect(Number(whole.headers.get('content-length'))).toBe(whole.body.length)
  expect(await readWavState(file)).toBe('closed')
  const seconds = await secondsOf(whole.body)
  expect(Math.abs(seconds - (await secondsOfFile(file)))).toBeLessThan(0.5)
  expect(Math.abs(seconds - 6)).toBeLessThan(0.5)

  const etag = whole.headers.get('etag') ?? ''
  const part = await curl('-r', '1000-1999', '-H', `If-Range: ${etag}`, linkOf(single))
  expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 1000-1999/${whole.body.length}`])
  expect(part.body.equals(whole.body.subarray(1000, 2000))).toBe(true)
  expect((await curl('-r', '-500', linkOf(single))).body.equals(whole.body.subarray(-500))).toBe(true)
  expect((await curl('-r', '0-9', '-H', 'If-Range: "another"', linkOf(single))).status).toBe(200)
  const beyond = await curl('-r', '99999999-', linkOf(single))
  expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, `bytes */${whole.body.length}`])
  const head = await curl('-I', linkOf(single))
  expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.body.length)])

  const heard = service.log.filter(({ msg }) => msg === 'a recording is listened to')
  expect(heard.map(({ call: id, address, from: at }) => [id, address, at])).toContainEqual([single, '127.0.0.1', 1000])
  expect(JSON.stringify(service.log)).not.toContain('sig=')
})

test('given links that nobody signed, when opened, then they are refused, whatever they name', async () => {
  const link = linkOf(single)
  for (const wrong of [
    link.replace(/sig=.*/, ''),
    link.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    link.replace(single, '1795164754.2'),
    link.replace(encodeURIComponent(single), '..%2f..%2f..%2fetc%2fpasswd'),
  ]) {
    const { status, body } = await curl('--path-as-is', wrong)
    expect(status).toBe(403)
    expect(JSON.parse(String(body))).toMatchObject({ code: 'bad-signature' })
  }
})

test('given a call with two recordings, when it is heard, then both stand one behind the other', async () => {
  const from = '+79221532302'
  const call = stage.lab.trunk.call({ from, did: '7011', hangUp: 'caller', talkMs: 9_000, audio: true })
  await stage.lab.phone('101').waitForRing(RING_MS)
  await stage.lab.phone('101').accept()
  await sleep(3_000)
  await stage.lab.phone('101').hangup()
  await stage.lab.phone('102').waitForRing(RING_MS)
  await stage.lab.phone('102').accept()
  await call
  await stage.settled(SETTLE_MS)
  const id = await linkedidOf(from)
  const files = await recordingsOf(id)
  expect(files).toHaveLength(2)
  const parts = await Promise.all(files.map(secondsOfFile))
  for (const seconds of parts) expect(seconds).toBeGreaterThan(2)
  const { status, body } = await curl(linkOf(id))
  expect(status).toBe(200)
  expect(Math.abs((await secondsOf(body)) - parts.reduce((sum, seconds) => sum + seconds, 0))).toBeLessThan(0.5)
})

test('given the doctor, when it looks, then it opens one real recording; given another place, then it tells the cure', async () => {
  const doctor = async () =>
    (await run(process.execPath, [main, 'doctor', '--config', stage.configFile]).catch((error) => error)).stdout
  expect(await doctor()).toMatch(/ok\s+recordings\s+\S+\.wav \(\d+ KB\) became an MP3 of \d+ KB/)
  await configure({ mounts: [] })
  expect(await doctor()).toMatch(/FAILURE\s+recordings\s+the newest recording, .* is not where/)
  await configure({})
})

test('given a key that is retired, when its link is opened, then it plays no more, and a new key’s does; given the file deleted, then it is gone', async () => {
  const old = linkOf(single)
  const manage = (...args: readonly string[]) =>
    run(process.execPath, [main, 'recordings', 'keys', ...args, '--config', stage.configFile])
  const first = keys().list()[0]?.id ?? ''
  await manage('--new')
  expect([(await curl(old)).status, (await curl(linkOf(single))).status]).toEqual([200, 200])
  await manage('--retire', first)
  expect([(await curl(old)).status, (await curl(linkOf(single))).status]).toEqual([403, 200])
  const { stdout } = await manage()
  expect(stdout).toMatch(new RegExp(`${first} .*retired[^]*signs new links`))
  const directory = String(config['service']?.['directory'])
  expect((await stat(join(directory, 'recording-keys.json'))).mode & 0o777).toBe(0o600)

  const kept = join(directory, 'recordings')
  const before = (await readdir(kept)).length
  for (const file of await recordingsOf(single)) await rm(file)
  expect((await curl(linkOf(single))).status).toBe(410)
  expect((await readdir(kept)).length).toBe(before - 1)
})

test('given a customer’s table of recordings, when asked by SQL, then an address is led to and a path is served', async () => {
  const id = await linkedidOf('+79221532302')
  const [file = ''] = await recordingsOf(id)
  const path = posix.join('/var/spool/asterisk', posix.relative(stage.lab.spool, file))
  const { host, port, user, password, database } = stage.lab.database
  await using connection = await createConnection({ host, port, user, password, database })
  await connection.query('CREATE TABLE storage (uniqueid VARCHAR(64), place VARCHAR(255))')
  await connection.query('INSERT INTO storage VALUES (?, ?), (?, ?)', [
    id,
    path,
    single,
    'https://storage.example.com/a.mp3',
  ])
  await service.stop()
  await configure({ source: 'query', query: { sql: 'SELECT place FROM storage WHERE uniqueid = :uniqueid' } })
  service = await stage.start()
  const led = await curl(linkOf(single))
  expect([led.status, led.headers.get('location')]).toEqual([302, 'https://storage.example.com/a.mp3'])
  const served = await curl(linkOf(id))
  expect(served.status).toBe(200)
  expect(Math.abs((await secondsOf(served.body)) - (await secondsOfFile(file)))).toBeLessThan(0.5)
})
