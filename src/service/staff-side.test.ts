import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { Call } from '../calls/call.ts'
import { checkConfig } from '../config/load.ts'
import type { CrmUser } from '../crm/port.ts'
import { createLiveConfig } from './live-config.ts'
import { createStaffSide } from './staff-side.ts'

const log = pino({ level: 'silent' })
const config = (staff: object = {}) =>
  checkConfig(
    {
      asterisk: { ari: { password: 'ari' } },
      crm: { url: 'https://acme.amocrm.ru', token: 'crm' },
      staff: { people: [{ extension: '101', user: 1 }, { extension: '102' }], ...staff },
    },
    'config.json',
  )
const all = { view: 'all', edit: 'all', add: 'all' } as const
const user = (id: number, active = true): CrmUser => ({
  ...{ id, name: `User ${id}`, active, admin: false },
  rights: { contacts: all, leads: all },
})
const call = (...people: readonly (readonly [string, number])[]): Call => ({
  ...{
    id: '1.1',
    linkedids: ['1.1'],
    direction: 'in',
    client: '+79221532327',
    line: '7001',
    startedAt: 0,
    endedAt: 5_000,
  },
  ...{
    answered: true,
    result: 'answered',
    waitSeconds: 1,
    talkSeconds: 4,
    responsible: '',
    hangupCause: 16,
    evidence: 'live',
  },
  people: people.map(([extension, talkSeconds]) => ({
    extension,
    rang: true,
    rangSeconds: 1,
    talkSeconds,
    holdSeconds: 0,
  })),
  ...{ transfers: [], ivr: '', recordings: [] },
})

/** One reading of the CRM's users after another, as often as they are given. */
async function staffOf(
  kept: Map<string, string>,
  readings: readonly (() => readonly CrmUser[])[] = [],
  staff: object = {},
) {
  const first = config(staff)
  const live = createLiveConfig(first)
  const left = [...readings]
  const side = await createStaffSide({
    live,
    settings: {
      get: async (name) => kept.get(name),
      set: async (name, value) => void kept.set(name, value),
    },
    users: async () => left.shift()?.() ?? [],
    now: () => 9_000,
    log,
    lookMs: 20,
  })
  onTestFinished(() => side[Symbol.asyncDispose]())
  const readOnce = async () => {
    const before = left.length
    const over = new AbortController()
    const running = side.run(over.signal)
    while (left.length === before && before > 0) await sleep(1)
    await sleep(1)
    over.abort()
    await running
  }
  return { side, live, readOnce }
}

test('given users of the CRM, when a reading fails or tells nobody, then who was known stays known, also after a restart', async () => {
  const kept = new Map<string, string>()
  const broken = () => {
    throw new Error('503')
  }
  const { side, readOnce } = await staffOf(kept, [() => [user(1, false), user(2)], broken, () => []])
  await readOnce()
  expect([side.isDismissed(1), side.isDismissed(2)]).toEqual([true, false])
  await readOnce()
  expect(side.status().users).toMatchObject({ known: 2, trouble: expect.stringContaining('503') })
  await readOnce()
  expect(side.status().users).toMatchObject({ known: 2, trouble: expect.stringContaining('no users at all') })
  expect(side.isDismissed(1)).toBe(true)
  const { side: next } = await staffOf(kept)
  expect(next.isDismissed(1)).toBe(true)
})

test('given somebody is dismissed, when that is learnt, then whoever follows the configuration is told', async () => {
  const { side, live, readOnce } = await staffOf(new Map(), [() => [user(1, false), user(2)]])
  const usable = live.derive(() => !side.isDismissed(1))
  expect(usable()).toBe(true)
  await readOnce()
  expect(usable()).toBe(false)
})

test('given a table was handed over once, when the service starts again, then its people are there', async () => {
  const kept = new Map([['staff.table', '[{"user":4,"extension":"104"},{"user":2,"extension":"102"}]']])
  const { side, live } = await staffOf(kept)
  expect(live.current().staff.people).toMatchObject([
    { extension: '101', user: 1 },
    { extension: '102', user: 2 },
    { extension: '104', user: 4, mode: 'on', admin: false },
  ])
  side.configure(config({ people: [{ extension: '104', user: 9 }] }))
  expect(live.current().staff.people).toMatchObject([
    { extension: '104', user: 9 },
    { extension: '102', user: 2 },
  ])
  expect(side.status().conflicts).toMatchObject([{ why: 'extension-has-other-user' }])
})

test('given what was kept cannot be read, when the service starts, then it does so without it', async () => {
  const { side } = await staffOf(
    new Map(['staff.table', 'staff.users', 'staff.unlisted'].map((name) => [name, '{"odd"'])),
  )
  expect(side.status()).toMatchObject({ people: 2, fromWidget: 0, unlisted: [] })
})

test('given extensions nobody has listed, when they talk with clients, then they are counted until somebody lists them', async () => {
  const kept = new Map<string, string>()
  const { side } = await staffOf(kept)
  side.ended(call(['555', 4], ['101', 2], ['556', 0]))
  side.ended(call(['555', 1]))
  side.ended({ ...call(['557', 9]), direction: 'internal' })
  expect(side.status().unlisted).toEqual([{ extension: '555', calls: 2, firstAt: 5_000, lastAt: 5_000 }])
  const { side: next } = await staffOf(kept)
  expect(next.status().unlisted).toMatchObject([{ extension: '555', calls: 2 }])
  next.configure(config({ people: [{ extension: '555' }] }))
  expect(next.status().unlisted).toEqual([])
})

test('given a file of mobiles, when it changes or goes, then numbers follow, and what was known outlives the file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-mobiles-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const file = join(directory, 'mobiles.txt')
  await writeFile(file, '89990001122 101\n8123456XXXX\n')
  const { side, live } = await staffOf(new Map(), [], { mobilesFile: file })
  const people = () => side.directory.people.map(({ extension, mobiles }) => [extension, ...mobiles])
  expect(people()).toEqual([['101', '89990001122'], ['102']])
  expect(side.directory.mobiles).toEqual(['8123456XXXX'])
  const told = Promise.withResolvers<void>()
  live.onChange(() => told.resolve())
  await writeFile(file, '89990001122 777\n')
  await told.promise
  expect(people()).toEqual([['101'], ['102'], ['777', '89990001122']])
  await rm(file)
  await sleep(60)
  expect(people()).toEqual([['101'], ['102'], ['777', '89990001122']])
  expect(side.status().mobiles).toMatchObject({ numbers: 1, trouble: expect.stringContaining('ENOENT') })
})
