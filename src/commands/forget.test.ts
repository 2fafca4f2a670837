import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openMp3Cache } from '../recordings/mp3-cache.ts'
import type { ControlDesk } from '../service/control/control-desk.ts'
import { openControlSocket } from '../service/control/control-socket.ts'
import { forgetRouter } from '../service/upkeep/forget-router.ts'
import type { JournalEntry, Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { backupCommand } from './backup.ts'
import { forgetCommand } from './forget.ts'
import { restoreCommand } from './restore.ts'

const NUMBER = '8 (922) 153-23-27'
let directory: string
let config: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'cw-forget-'))
  config = join(directory, 'config.json')
  const staff = { internal: '^1\\d\\d$', people: [{ extension: '101', name: 'A', mobiles: ['+79990001122'] }] }
  const lines = [{ did: '84951234567' }]
  const crm = { url: 'https://acme.amocrm.ru', token: 't' }
  await writeFile(
    config,
    JSON.stringify({ service: { directory }, asterisk: { ari: { password: 'p' } }, crm, staff, lines }),
  )
  await using store = await open()
  await fill(store)
  const cache = await openMp3Cache({ directory: join(directory, 'recordings'), limitBytes: 1e6, now: Date.now })
  for (const id of ['theirs', 'other']) await cache.make(id, '1', 1, (draft) => writeFile(draft, 'mp3'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

test('given a stopped service, when a number is forgotten, then nothing names it any more, and others are as they were', async () => {
  const dry = await run(forgetCommand, '--dry-run', '--recordings', NUMBER)
  expect(dry).toMatchObject({ code: 1, out: expect.stringContaining('calls: 2') })
  expect(dry.out).toContain('in-+79221532327.wav')
  expect(await namesIt()).toBe(true)
  const { code, out } = await run(forgetCommand, NUMBER)
  expect([code, out]).toEqual([1, expect.stringContaining('Left: 1 CRM writes')])
  await using store = await open()
  // What is still to be sent stays until it is; then the same command takes it.
  expect((await store.outbox.get('main/theirs:open'))?.state).toBe('waiting')
  expect(await store.outbox.get('main/theirs:done')).toBeUndefined()
  expect((await store.journal.find('main', 'other'))?.clientKey).toBe('9161112233')
  expect((await store.journal.find('main', 'theirs'))?.call).toMatchObject({ client: '', forgotten: true })
  await store.outbox.change([{ key: 'main/theirs:open', state: 'done' }])
  await store[Symbol.asyncDispose]()
  expect((await run(forgetCommand, NUMBER)).code).toBe(0)
  expect(await namesIt()).toBe(false)
  expect(await readdir(join(directory, 'recordings'))).toHaveLength(1)
})

test('given a service that runs, when a number is forgotten, then the service does it', async () => {
  await using store = await open()
  await using _door = await openControlSocket(directory, desk, pino({ level: 'silent' }), [forgetRouter(store.upkeep)])
  expect((await run(forgetCommand, NUMBER)).out).toContain('calls: 2')
  expect((await store.journal.find('main', 'theirs'))?.clientKey).toBe('')
})

test.each([
  ['a line', '+74951234567', /line of yours/],
  ['a colleague', '89990001122', /mobile of 101/],
  ['no number', 'Ivan', /no phone number/],
])('given the number of %s, when it is to be forgotten, then that is refused', async (_, number, why) => {
  expect(await run(forgetCommand, number)).toMatchObject({ code: 1, err: expect.stringMatching(why) })
  expect(await namesIt()).toBe(true)
})

test('given a copy made while the service runs, when it is stopped, then the copy can be restored, and not before', async () => {
  const store = await open()
  const made = await run(backupCommand)
  expect(made.code).toBe(0)
  const [name = ''] = await readdir(join(directory, 'backups'))
  const copy = join(directory, 'backups', name)
  expect((await run(backupCommand, copy)).err).toContain('is there already')
  expect((await run(restoreCommand, copy)).err).toContain(`in use by process ${process.pid}`)
  await store.settings.set('after', 'the copy')
  await store[Symbol.asyncDispose]()
  expect(await run(restoreCommand, copy)).toMatchObject({ code: 0, out: expect.stringContaining('before-restore') })
  await using again = await open()
  expect(await again.settings.get('after')).toBeUndefined()
})

async function run(command: typeof forgetCommand, ...args: string[]) {
  const [out, err]: [string[], string[]] = [[], []]
  const stdout = { write: (text: string) => out.push(text) }
  const stderr = { write: (text: string) => err.push(text) }
  const code = await command(['--config', config, ...args], { stdout, stderr, signal: new AbortController().signal })
  return { code, out: out.join(''), err: err.join('') }
}

const open = () => openStore({ file: join(directory, 'callweave.db') })

/** By the command itself, whose own tests say that it finds what is there. */
async function namesIt(): Promise<boolean> {
  const { out } = await run(forgetCommand, '--dry-run', NUMBER)
  return /: [1-9]/.test(out.replaceAll(/MP3 kept: \d+|kept \d+ days/g, ''))
}

async function fill(store: Store): Promise<void> {
  const job = (key: string, phone: string) => ({
    ...{ key, kind: 'call-note', lane: phone.slice(-10), urgency: 'live' as const, payload: { call: { phone } } },
  })
  const theirs = ['main/theirs:done', 'main/theirs:open'].map((key) => job(key, '+79221532327'))
  await store.journal.recordEnded(entry('theirs', '+79221532327'), theirs)
  await store.journal.recordEnded(entry('other', '+79161112233'), [job('main/other:note', '+79161112233')])
  // Somebody else's call that was transferred to them.
  const events = [{ kind: 'dialled', to: '89221532327' }]
  await store.journal.recordEnded({ ...entry('transferred', '+79035556677'), events }, [])
  await store.outbox.change([{ key: 'main/theirs:done', state: 'done', result: { phone: '+79221532327' } }])
  await store.contactIndex.upsert([
    { kind: 'contact', id: 1, name: 'Иван', owner: 1, keys: ['9221532327'], updatedAt: 1 },
    { kind: 'contact', id: 2, name: 'Звонок 8-922-153-23-27', owner: 1, keys: ['9990000000'], updatedAt: 1 },
    { kind: 'contact', id: 3, name: 'Пётр', owner: 1, keys: ['9161112233'], updatedAt: 1 },
  ])
  await store.decisions.add('main', 'lost', [{ at: 1, about: 'client', code: 'x', facts: { phone: '+79221532327' } }])
  await store.contactIndex.rememberIncoming([{ key: '9221532327', uid: 'u', lead: 1, contact: 1 }])
}

function entry(id: string, client: string): JournalEntry {
  const call = { id, client, recordings: [`in-${client}.wav`], transfers: [], people: [], answered: true }
  const row = { pbx: 'main', id, linkedids: [id], startedAt: 1, endedAt: 2, direction: 'in' }
  return { ...row, clientKey: client.slice(-10), call, events: [{ kind: 'rang', from: client }] }
}

const nobody = async () => {
  throw new Error('nobody asks for that here')
}
const desk: ControlDesk = { outbox: nobody, retry: nobody, drop: nobody, authorise: nobody }
