import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { AskCrm } from './crm-questions.ts'
import { createHooks, type HookSettings, type Hooks } from './hooks.ts'

let directory: string
let hooks: Hooks | undefined
let says: unknown[]

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'callweave-hooks-')), 'hooks')
  await mkdir(directory, { mode: 0o755 })
  says = []
})
afterEach(async () => {
  await hooks?.[Symbol.asyncDispose]()
  hooks = undefined
  await rm(join(directory, '..'), { recursive: true, force: true })
})

const usual: HookSettings = {
  seconds: 0.25,
  routingSeconds: 0.15,
  crmRequests: 2,
  crmSeconds: 0.3,
  restAfter: 3,
  restSeconds: 60,
  memoryMegabytes: 32,
}
const refused: AskCrm = async () => {
  throw new Error('nobody is to be asked')
}
const put = (files: Readonly<Record<string, string>>) =>
  Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(directory, name), text, { mode: 0o644 })))

async function begin(files: Readonly<Record<string, string>>, change: Partial<HookSettings> = {}, ask = refused) {
  await put(files)
  hooks = await createHooks({
    directory,
    owners: new Set([0, process.getuid?.() ?? 0]),
    settings: () => ({ ...usual, ...change }),
    ask,
    log: { info: (fields) => says.push(fields), error: (fields) => says.push(fields) },
    now: Date.now,
    lookMs: 40,
  })
  return hooks
}
const lead = { name: 'Звонок' }
const run = (point: Parameters<Hooks['run']>[0] = 'lead-creation', value: unknown = lead) =>
  (hooks as Hooks).run(point, value, { point, value, line: { did: '7001' } })

test('given a hook in TypeScript with a helper, when asked, then its answer is merged over the value', async () => {
  const made = await begin({
    'lead-creation.ts': `import type { Hook } from 'callweave/hooks'
import { nameOf } from './_names.ts'
export default (({ value, line }) => ({ ...value, name: nameOf(line.did) })) satisfies Hook<'lead-creation'>`,
    '_names.ts': "export const nameOf = (did: string): string => 'Линия ' + did",
  })
  expect(await run()).toEqual({ kind: 'changed', value: { name: 'Линия 7001' } })
  expect(made.status()).toMatchObject({ 'lead-creation': { on: true, runs: 1, failures: 0 } })
  expect([made.has('lead-creation'), made.has('card')]).toEqual([true, false])
})

test('given hooks that fail in every way, when asked, then the value goes on and the status tells why', async () => {
  const made = await begin({
    'lead-creation.ts': `export default () => {\n  throw new RangeError('no such line')\n}`,
    'contact-creation.ts': 'export default () => ({ phone: 1 })',
    'task-creation.ts': 'export default () => new Promise(() => undefined)',
    'card.ts': 'export default (',
    'routing.ts': 'export const nothing = 1',
    'client-phone.ts': 'export default () => process.exit(1)',
    'unsorted-creation.ts': 'export default () => () => 1',
    'need-registration.js': `export default () => { console.log('secret?', process.env.PATH, Object.keys(process.env).length) }`,
  })
  const why = async (point: Parameters<Hooks['run']>[0]) => {
    const outcome = await run(point)
    return outcome.kind === 'failed' ? outcome.why : outcome.kind
  }
  expect(await why('lead-creation')).toBe('RangeError: no such line (lead-creation.ts:2:9)')
  expect(await why('contact-creation')).toMatch(/"phone" cannot be changed here/)
  expect(await why('task-creation')).toBe('it took longer than 250 ms')
  expect(await why('unsorted-creation')).toMatch(/it returned a function/)
  expect(await why('need-registration')).toBe('unchanged')
  expect(await why('card')).toBe('unchanged')
  expect(await why('client-phone')).toMatch(/started anew|longer than/)
  await expect.poll(() => says).toContainEqual({ hook: undefined, text: 'secret? undefined 0' })
  const status = made.status()
  expect(status['card']).toMatchObject({ on: false, lastError: expect.stringMatching(/SyntaxError/) })
  expect(status['routing']).toMatchObject({ on: false, lastError: expect.stringMatching(/must be a function/) })
  expect(status['lead-creation']).toMatchObject({ on: true, runs: 1, failures: 1 })
})

describe('given a hook with a loop that never ends', () => {
  test('when asked, then the others go on in a new thread', async () => {
    await begin({
      'lead-creation.ts': 'export default () => { while (true) {} }',
      'task-creation.ts': `export default async () => ({ text: 'иначе' })`,
    })
    const hung = run()
    await sleep(50)
    const other = run('task-creation', { text: '' })
    expect(await hung).toMatchObject({ kind: 'failed', why: 'it took longer than 250 ms' })
    await other
    await expect.poll(() => run('task-creation', { text: '' }), { timeout: 3_000 }).toMatchObject({ kind: 'changed' })
    expect(JSON.stringify(says)).toMatch(/a loop holds the thread/)
  })

  test('when it fails again and again, then it rests', async () => {
    const made = await begin({ 'lead-creation.ts': 'export default () => { throw 1 }' })
    for (let turn = 0; turn < 3; turn += 1) expect(await run()).toMatchObject({ resting: false })
    expect(await run()).toMatchObject({ kind: 'failed', resting: true })
    expect(made.status()['lead-creation']).toMatchObject({ on: false, runs: 3, failures: 3 })
  })
})

describe('given a hook that asks the CRM', () => {
  const source = `export default async ({ value }, { crm }) => {
    const answers = []
    for (let turn = 0; turn < value.text.length; turn += 1)
      answers.push(await crm.get('/api/v4/leads/' + turn).catch((error) => error.message))
    return { text: answers.join() }
  }`
  const text = async (asked: string) => {
    const outcome = await run('task-creation', { text: asked })
    return outcome.kind === 'changed' ? (outcome.value as { text: string }).text : outcome
  }

  test('when the CRM answers slowly, then its time does not count, and the number of requests does', async () => {
    await begin({ 'task-creation.js': source }, { crmSeconds: 2 }, async (_method, path) => {
      await sleep(200)
      return path
    })
    expect(await text('123')).toBe('/api/v4/leads/0,/api/v4/leads/1,a hook may ask the CRM 2 times and no more')
  })

  test('when the CRM takes too long or refuses, then the hook is told and may go on', async () => {
    await begin({ 'task-creation.js': source }, {}, async (_method, path) => {
      if (path.endsWith('0')) throw new Error('403')
      await sleep(5_000, undefined, { ref: false })
      return path
    })
    expect(await text('12')).toBe('403,the CRM took longer than 0.3 s')
  })

  test('when somebody waits for the hook, then the time of the CRM counts, too', async () => {
    const hook = `export default async (_, { crm }) => { await crm.get('/api/v4/leads/1'); return { extension: '102' } }`
    await begin({ 'routing.js': hook }, {}, () => sleep(1_000, undefined, { ref: false }))
    expect(await run('routing', { extension: '', ringSeconds: 5 })).toMatchObject({ why: 'it took longer than 150 ms' })
  })
})

describe('given a directory that is followed', () => {
  test('when a hook is edited, then the new one answers, and what was asked before is answered', async () => {
    const text = (name: string, ms: number) =>
      `export default async () => { await new Promise((end) => setTimeout(end, ${ms})); return { name: '${name}' } }`
    await begin({ 'lead-creation.ts': text('до', 200) })
    const before = run()
    await put({ 'lead-creation.ts': text('после', 0) })
    expect(await before).toMatchObject({ value: { name: 'до' } })
    await expect.poll(() => run(), { timeout: 3_000 }).toMatchObject({ value: { name: 'после' } })
  })

  test('when the first hook comes and the last one goes, then they are followed', async () => {
    const made = await begin({})
    expect(made.has('card')).toBe(false)
    await put({ 'card.ts': 'export default () => undefined' })
    await expect.poll(() => made.has('card'), { timeout: 3_000 }).toBe(true)
    await rm(join(directory, 'card.ts'))
    await expect.poll(() => made.has('card'), { timeout: 3_000 }).toBe(false)
  })
})
