import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { administratorKeys } from '../../src/commands/setup/administrator-keys.ts'
import { openStore } from '../../src/store/sqlite/open-store.ts'
import { type PastCall, type WrittenCall, writePastCalls } from '../stage/past-calls.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'
import { type Curled, curl } from './_curl.ts'
import { type DigestProxy, startDigestProxy } from './_digest-proxy.ts'

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const DOCUMENT = fileURLToPath(new URL('../../docs/read-call.md', import.meta.url))
const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Moscow's. */
const ZONE_MS = 3 * HOUR
const LOGIN = 'script'
const PASSWORD = 'secret of the script'
const task = { enabled: true }
/** Midnight in Moscow, so many days ago. */
const midnight = (days: number) => Math.floor((Date.now() + ZONE_MS) / DAY) * DAY - ZONE_MS - days * DAY
const dateOf = (at: number) => new Date(at + ZONE_MS).toISOString().slice(0, 10)
const wallOf = (at: number) => new Date(at + ZONE_MS).toISOString().slice(0, 19).replace('T', ' ')
const STORIES = ['in-answered', 'in-abandoned-ivr', 'out-answered', 'in-group-answered'] as const
/** Incoming calls have `in` in their names. */
const directionOf = ({ story }: PastCall) => (story.startsWith('in') ? 'in' : 'out')
const phoneOf = (prefix: string, index: number) => `+7${prefix}${String(1_000_000 + index)}`

const foreignDay = midnight(3)
/** Ten calls each of forty clients, whom another connector has registered. */
const foreign: readonly PastCall[] = Array.from({ length: 400 }, (_, index) => ({
  story: STORIES[index % STORIES.length] ?? '',
  at: foreignDay + 8 * HOUR + index * 90_000,
  client: phoneOf('921', index % 40),
}))
const missedDay = midnight(2)
/** Nobody has told these. */
const missed: readonly PastCall[] = Array.from({ length: 12 }, (_, index) => ({
  story: STORIES[index % STORIES.length] ?? '',
  at: missedDay + (9 + index) * HOUR,
  client: phoneOf('922', index),
}))
const longDay = midnight(9)
const long: readonly PastCall[] = Array.from({ length: 600 }, (_, index) => ({
  story: 'in-answered',
  at: longDay + 8 * HOUR + index * 90_000,
  client: phoneOf('923', index),
}))

describe('given a PBX whose calls are days old', () => {
  const parts = new AsyncDisposableStack()
  let stage: Stage
  let service: ServiceProcess
  let proxy: DigestProxy
  let written: { foreign: readonly WrittenCall[]; missed: readonly WrittenCall[]; long: readonly WrittenCall[] }
  let directory: string

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'callweave-read-call-'))
    parts.defer(() => rm(directory, { recursive: true, force: true }))
    stage = parts.use(
      await setStage({
        asterisk: '22',
        cel: 'fractions',
        timeZone: 'MSK-3',
        impatient: true,
        sandbox: {
          seed: (hands) =>
            hands.addContacts(40, (index) => ({ name: `Клиент ${index}`, phones: [phoneOf('921', index)] })),
        },
        config: {
          service: { mode: 'watch' },
          webserver: { administrators: [{ login: LOGIN, ...administratorKeys(LOGIN, PASSWORD) }] },
          database: { timeZone: 'Europe/Moscow' },
          rules: { missedUnknown: { task }, missedKnown: { task } },
        },
      }),
    )
    const write = (calls: readonly PastCall[]) => writePastCalls(stage.lab.database, calls, ZONE_MS)
    // Oldest first, as a table is.
    const older = await write(long)
    written = { long: older, foreign: await write(foreign), missed: await write(missed) }
    await registerByAnotherConnector()
    service = await stage.start()
    proxy = parts.use(await startDigestProxy(stage.port))
  })
  afterAll(() => parts.disposeAsync())

  async function registerByAnotherConnector(): Promise<void> {
    const contacts = new Map(stage.sandbox.contacts().map(({ id, phones }) => [phones[0], id]))
    const notes = foreign.map((call, index) => ({
      entity_id: contacts.get(call.client),
      note_type: `call_${directionOf(call)}`,
      created_at: Math.floor(call.at / 1000) + (index % 7) - 3,
      params: { uniq: `itgrix-${index}`, duration: 3, source: 'itgrix_amo', phone: call.client, call_status: 4 },
    }))
    for (let from = 0; from < notes.length; from += 250) {
      const answer = await fetch(`${stage.sandbox.url}/api/v4/contacts/notes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${stage.sandbox.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(notes.slice(from, from + 250)),
      })
      expect(answer.status).toBe(200)
    }
  }

  const url = () => `http://127.0.0.1:${stage.port}/pbx/read_call`
  const asked = (...args: readonly string[]) => curl('--digest', '-u', `${LOGIN}:${PASSWORD}`, ...args)
  const get = (query: string) => asked(`${url()}?${query}`)
  const post = (body: object | string) =>
    asked(url(), '-d', typeof body === 'string' ? body : JSON.stringify(body), '-H', 'Content-Type: application/json')
  const notesOf = ({ client }: PastCall) => stage.sandbox.callNotes().filter(({ phone }) => phone === client)
  const findings = ({ json }: Curled) => json['calls'] as { id: string; finding: string; cause: string; why: string }[]
  const call = (index: number): WrittenCall => written.missed[index] as WrittenCall

  async function restart(change: (config: Record<string, Record<string, unknown>>) => void): Promise<void> {
    await service.stop()
    const config = JSON.parse(await readFile(stage.configFile, 'utf8'))
    change(config)
    await writeFile(stage.configFile, JSON.stringify(config))
    service = await stage.start()
  }

  test('when nobody logs in, or with a wrong password, then nobody is let in; MD5 and SHA-256 both open the door', async () => {
    expect((await curl(url())).status).toBe(401)
    expect((await curl('--digest', '-u', `${LOGIN}:wrong`, url())).status).toBe(401)
    const through = (...args: readonly string[]) =>
      asked(`${proxy.url}/pbx/read_call?id=${call(0).linkedid}&dry=1`, ...args)
    for (const algorithm of ['MD5', 'SHA-256'] as const) {
      proxy.offer = algorithm
      expect(await through(), algorithm).toMatchObject({ status: 200, json: { found: 1 } })
      expect(await through('-X', 'POST', '-d', 'dry=1'), algorithm).toMatchObject({ status: 200, json: { found: 1 } })
    }
    expect(new Set(proxy.algorithms)).toEqual(new Set(['MD5', 'SHA-256']))
  })

  test('when a request makes no sense, then the answer says how it goes', async () => {
    const wrong = async (query: string) => {
      const { status, json } = await get(query)
      return `${status} ${json['message']}`
    }
    expect(await wrong('')).toMatch(/^400 Say which calls: an id or a start_date, for example \?id=1795164754\.2/)
    expect(await wrong('start_date=20.11.2026')).toMatch(/^400 start_date "20\.11\.2026" is no date; write "2026-11-20/)
    expect(await wrong('start_date=2026-11-20&end_date=2026-11-19')).toBe('400 end_date lies before start_date.')
    expect(await wrong('id=1.1&dryrun=1')).toMatch(/^400 There is no parameter "dryrun"/)
    expect((await post('{"id": [1795164754.2]}')).json['message']).toMatch(/^Ids are texts/)
    expect((await asked(`${url()}/jobs/none`)).status).toBe(404)
  })

  test('when the service only watches, then a call that is asked for is journalled and left out; once it is on, it is registered', async () => {
    expect(findings(await get(`id=${call(0).linkedid}`))).toMatchObject([
      { finding: 'left-out', cause: 'service-not-on', why: expect.stringContaining('only watches') },
    ])
    expect(notesOf(call(0))).toEqual([])
    await restart((config) => void Object.assign(config['service'] ?? {}, { mode: 'on' }))
    expect(findings(await get(`id=${call(0).linkedid}`))).toMatchObject([
      { id: call(0).linkedid, finding: 'registered', cause: 'left-out-before' },
    ])
    expect(notesOf(call(0))).toHaveLength(1)
  })

  test('when it starts for the first time where another connector has registered everything, then it writes nothing of its own accord', async () => {
    await sleep(2_000)
    await stage.settled(10_000)
    expect(stage.sandbox.callNotes()).toHaveLength(400 + 1)
  })

  test('when the CRM refused a call, then that is told; asking again sends it again', async () => {
    const refused = call(1)
    stage.sandbox.fault({ times: 1_000, do: { kind: 'unpaid' } })
    const { job } = (await get(`id=${refused.linkedid}&job=1`)).json
    await eventually(
      async () => (await asked(`${url()}/jobs/${job}`)).json['state'] === 'sending',
      10_000,
      'the call is not registered',
    )
    await service.stop()
    await refuse(`stage/${refused.linkedid}:client`)
    stage.sandbox.clearFaults()
    service = await stage.start()
    const told = async () => findings(await asked(`${url()}/jobs/${job}`))
    await eventually(async () => (await told())[0]?.finding === 'failed', 10_000, 'the refusal is not told')
    const why = 'The CRM refused it. No such field'
    expect(await told()).toMatchObject([{ cause: 'refused', why }])
    expect(findings(await get(`id=${refused.linkedid}&dry=1`))).toMatchObject([{ finding: 'failed', why }])
    expect(findings(await get(`id=${refused.linkedid}`))).toMatchObject([{ finding: 'repaired', cause: 'sent-again' }])
    expect(notesOf(refused)).toHaveLength(1)
  })

  /** What the outbox does when the CRM will never take a write. */
  async function refuse(key: string): Promise<void> {
    const config = JSON.parse(await readFile(stage.configFile, 'utf8'))
    await using store = await openStore({ file: join(config.service.directory, 'callweave.db') })
    await store.outbox.change([{ key, state: 'dead', reason: 'No such field' }])
  }

  test('when calls are asked for by ids of every kind, then each is found, dry changes nothing, and twice doubles nothing', async () => {
    const [byLinkedid, byChannel, third] = [call(2), call(3), call(4)]
    const ids = [byLinkedid.linkedid, byChannel.uniqueids.at(-1) ?? '', `${third.linkedid}#1`, '1700000000.1']
    const dry = await post({ id: ids, dry: true })
    expect(dry.json).toMatchObject({ found: 3, registered: 3, dry: true, notFound: ['1700000000.1'] })
    expect(findings(dry).map(({ why }) => why)).toEqual(Array(3).fill('It is missing and would be registered.'))
    expect([byLinkedid, byChannel, third].flatMap(notesOf)).toEqual([])

    const done = await get(ids.map((id) => `id=${encodeURIComponent(id)}`).join('&'))
    expect(done.json).toMatchObject({ found: 3, registered: 3, failed: 0 })
    expect([byLinkedid, byChannel, third].map((each) => notesOf(each).length)).toEqual([1, 1, 1])
    expect(notesOf(byLinkedid)[0]).toMatchObject({ direction: 'out', status: 4, triggersAutomation: false })

    expect((await asked(url(), '-d', `id=${ids.join(',')}`)).json).toMatchObject({ found: 3, right: 3, registered: 0 })
    expect([byLinkedid, byChannel, third].map((each) => notesOf(each).length)).toEqual([1, 1, 1])
    expect(stage.sandbox.tasks()).toEqual([])
  })

  test('when calls are asked for by time, then every form of a date means the same', async () => {
    const [from, to] = [call(5).at - 60_000, call(6).at + 60_000]
    const forms = [
      `start_date=${encodeURIComponent(wallOf(from))}&end_date=${encodeURIComponent(wallOf(to))}`,
      `start_date=${from / 1000}&end_date=${to / 1000}`,
      `start_date=${from}&end_date=${to}`,
      `start_date=${new Date(from).toISOString()}&end_date=${new Date(to).toISOString()}`,
    ]
    for (const form of forms) {
      expect((await get(`${form}&dry=1`)).json, form).toMatchObject({ found: 2, registered: 2 })
    }
    const body = { start_date: wallOf(from), end_date: wallOf(to), dry: 1 }
    expect((await post(body)).json).toMatchObject({ found: 2 })
    // Only its end lies in the time: the whole call is read.
    const late = call(5).at + 3_500
    const whole = await get(
      `start_date=${new Date(late).toISOString()}&end_date=${new Date(late + 60_000).toISOString()}&dry=1`,
    )
    expect(findings(whole)).toMatchObject([{ id: call(5).linkedid }])
    const day = dateOf(missedDay)
    expect((await get(`start_date=${day}&end_date=${day}&dry=1`)).json).toMatchObject({
      found: 12,
      right: 5,
      registered: 7,
    })
  })

  test('when effects are asked for, then an old call does what a fresh one does', async () => {
    const abandoned = call(9)
    expect(abandoned.story).toBe('in-abandoned-ivr')
    expect((await get(`id=${abandoned.linkedid}&effects=all`)).json).toMatchObject({ registered: 1, effects: 'all' })
    await stage.settled(10_000)
    expect(stage.sandbox.tasks()).toMatchObject([{ text: expect.stringContaining(abandoned.client) }])
  })

  test('when 400 calls were registered by another connector, then they are adopted: nothing doubled, no task, no lead', async () => {
    const before = [stage.sandbox.callNotes().length, stage.sandbox.tasks().length, stage.sandbox.leads().length]
    const day = dateOf(foreignDay)
    const { status, json } = await get(`start_date=${day}&end_date=${day}`)
    expect({ status, ...json, calls: undefined }).toMatchObject({
      status: 200,
      found: 400,
      adopted: 400,
      registered: 0,
    })
    await stage.settled(10_000)
    expect([stage.sandbox.callNotes().length, stage.sandbox.tasks().length, stage.sandbox.leads().length]).toEqual(
      before,
    )
    expect((await get(`start_date=${day}&end_date=${day}`)).json).toMatchObject({ found: 400, adopted: 400 })
  })

  let killedJob = ''

  test('when the service is killed in the middle of a job, then the job goes on after the next start', async () => {
    const begun = await get(`start_date=${dateOf(longDay)}&end_date=${dateOf(longDay)}&job=1`)
    expect(begun).toMatchObject({ status: 202, json: { state: expect.stringMatching(/waiting|running/), found: 0 } })
    killedJob = `${url()}/jobs/${begun.json['job']}`
    const state = async () => (await asked(killedJob)).json
    await eventually(async () => Number((await state())['found']) > 60, 20_000, 'the job finds nothing')
    service.signal('SIGKILL')
    service = await stage.start()
    // The same question joins the job.
    const again = await get(`start_date=${dateOf(longDay)}&end_date=${dateOf(longDay)}&job=1`)
    expect(again.json['job']).toBe(begun.json['job'])
    // What was on its way when it died is looked for in the CRM for half a minute.
  })

  test('when a job is cancelled by its door, then it ends and what it did stays', async () => {
    const { json } = await get(`start_date=${dateOf(longDay)}&dry=1`)
    expect(json['job']).toMatch(/^[0-9a-f]{12}$/)
    const cancelled = await asked('-X', 'DELETE', `${url()}/jobs/${json['job']}`)
    expect(cancelled.json).toMatchObject({ state: 'cancelled', ended: true })
    expect((await asked(`${url()}/jobs/${json['job']}`)).json).toMatchObject({ state: 'cancelled' })
    const { jobs } = (await asked(`${url()}/jobs`)).json as { jobs: { job: string }[] }
    expect(jobs[0]?.job).toBe(json['job'])
  })

  test('when the examples of the documentation are run, then they work', async () => {
    const examples = (await readFile(DOCUMENT, 'utf8')).matchAll(/```sh\n(.*?)```/gs)
    await writeFile(join(directory, 'ids.txt'), `${call(10).linkedid}\n1700000000.1\n`)
    const printed: string[] = []
    for (const [, example = ''] of examples) {
      const script = example
        .replaceAll('http://127.0.0.1:8077', `http://127.0.0.1:${stage.port}`)
        .replaceAll('admin:secret', `'${LOGIN}:${PASSWORD}'`)
        .replaceAll('1795164754.2', call(11).linkedid)
        .replaceAll('2026-11-19', dateOf(missedDay))
      const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: directory })
      printed.push(stdout.trim())
    }
    const [one, day, hours, list, job] = printed
    expect(JSON.parse(one ?? '')).toEqual({ found: 1, right: 0, registered: 1, failed: 0 })
    expect(day?.split('\n')).toHaveLength(12)
    expect(JSON.parse(hours ?? '')).toMatchObject({ found: 10, failed: 0 })
    expect(list).toBe('["1700000000.1"]')
    expect(job?.split('\n').at(-2)).toMatch(/"state":"done","share":1,"found":\d+/)
    expect(JSON.parse(job?.split('\n').at(-1) ?? '')).toMatchObject({ right: expect.any(Number) })
  })

  test('then what was killed comes to its end, and nothing is doubled', async () => {
    const events = await asked('-N', `${killedJob}/events`)
    const last = events.text.trim().split('\n\n').at(-1)?.split('\n') ?? []
    expect(last[0]).toBe('event: end')
    const told: Record<string, number> = JSON.parse(last[1]?.slice('data: '.length) ?? '{}')
    expect(told).toMatchObject({ state: 'done', ended: true, share: 1, found: 600, failed: 0, notDue: 0 })
    expect(Number(told['registered']) + Number(told['right'])).toBe(600)
    const notes = stage.sandbox.callNotes().filter(({ phone }) => String(phone).startsWith('+7923'))
    expect(notes).toHaveLength(600)
    expect(new Set(notes.map(({ uniq }) => uniq)).size).toBe(600)
    const page = await asked(`${killedJob}?limit=400`)
    expect(findings(page)).toHaveLength(400)
    expect(findings(await asked(`${killedJob}?limit=400&after=${page.json['next']}`))).toHaveLength(200)
  })

  test('when callweave backfill is asked on the server, then it shows progress and a summary; Ctrl-C cancels, --detach leaves it', async () => {
    const backfill = (...args: readonly string[]) =>
      spawn(process.execPath, [MAIN, 'backfill', '--config', stage.configFile, ...args], {
        stdio: ['ignore', 'pipe', 'pipe'],
      })
    const ended = async (child: ReturnType<typeof backfill>) => {
      const [stdout, stderr] = [child.stdout.setEncoding('utf8').toArray(), child.stderr.setEncoding('utf8').toArray()]
      const [code] = await once(child, 'close')
      return { code, stdout: (await stdout).join(''), stderr: (await stderr).join('') }
    }
    const period = ['--from', dateOf(longDay), '--to', dateOf(longDay)]
    const whole = await ended(backfill(...period))
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringMatching(/^done: 600 calls\n {2}600 right already\n/) })
    expect(whole.stderr).toMatch(/^ +\d+ % .* calls, 0 registered/)

    const cancelled = backfill(...period, '--dry')
    const told = ended(cancelled)
    await once(cancelled.stderr, 'data')
    cancelled.kill('SIGINT')
    expect(await told).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^cancelled; what was done stays: \d+ calls/),
    })

    const detached = await ended(backfill(...period, '--dry', '--effects', 'all', '--detach', '--json'))
    const { job } = JSON.parse(detached.stdout)
    expect(await ended(backfill('--job', job, '--json'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('"found": 600'),
    })
    expect((await ended(backfill('--jobs'))).stdout).toMatch(new RegExp(`^${job}  .*done  100 %  600 calls`, 'm'))
    expect((await ended(backfill('--from', 'yesterday'))).stderr).toMatch(/^callweave: --from "yesterday" is no date/)
  })

  test('when the service is stopped, then callweave backfill says what to do', async () => {
    await service.stop()
    await expect(
      run(process.execPath, [MAIN, 'backfill', '--config', stage.configFile, '--id', '1.1']),
    ).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('start it (systemctl start callweave)'),
    })
  })
})
