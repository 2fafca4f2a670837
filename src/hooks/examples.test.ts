import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createHooks, type HookOutcome, type Hooks } from './hooks.ts'
import type { HookPoint } from './points.ts'

// The third example asks the CRM; test/e2e/hooks.test.ts runs it.

const examples = fileURLToPath(new URL('../../config/hooks-examples/', import.meta.url))
let directory: string
let hooks: Hooks
afterEach(async () => {
  await hooks[Symbol.asyncDispose]()
  await rm(join(directory, '..'), { recursive: true })
})

async function begin(example: string): Promise<void> {
  directory = join(await mkdtemp(join(tmpdir(), 'callweave-examples-')), 'hooks')
  await mkdir(directory, { mode: 0o755 })
  for (const name of await readdir(join(examples, example))) {
    await writeFile(join(directory, name), await readFile(join(examples, example, name)), { mode: 0o644 })
  }
  hooks = await createHooks({
    directory,
    owners: new Set([0, process.getuid?.() ?? 0]),
    settings: () => ({
      ...{ seconds: 5, routingSeconds: 1, crmRequests: 0, crmSeconds: 1 },
      ...{ restAfter: 1, restSeconds: 1, memoryMegabytes: 32 },
    }),
    ask: () => Promise.reject(new Error('this example asks nobody')),
    log: { info: () => undefined, error: () => undefined },
    now: Date.now,
  })
}
const missed = { id: '1795183503.2', direction: 'in', answered: false }
const note = { entity: { kind: 'contact', id: 7 }, person: 1, author: 1, text: 'Пропущен' }
const run = (point: HookPoint, value: object, told: object) => hooks.run(point, value, { point, value, ...told })
const changedBy = (outcome: HookOutcome) =>
  outcome.kind === 'changed' ? (outcome.value as Record<string, unknown>) : {}

test('given the even distribution, when many calls are missed, then each person gets as many, for note and task alike', async () => {
  await begin('even-distribution')
  const counts = new Map<unknown, number>()
  for (let number = 0; number < 600; number += 1) {
    const call = { ...missed, id: `${1_795_183_503 + number * 7}.${number * 3}` }
    const { person, author } = changedBy(await run('call-parameters', note, { call }))
    expect(author).toBe(person)
    if (number < 20) expect(changedBy(await run('task-creation', { owner: 1 }, { call }))).toEqual({ owner: person })
    counts.set(person, (counts.get(person) ?? 0) + 1)
  }
  expect([...counts.keys()].toSorted()).toEqual([7_000_001, 7_000_002, 7_000_003])
  for (const count of counts.values()) expect(Math.abs(count - 200)).toBeLessThan(45)
  expect(await run('call-parameters', note, { call: { ...missed, answered: true } })).toEqual({ kind: 'unchanged' })
})

test('given the decision by open leads, when a call is missed, then it is the owner’s of the lead in hand, else the dispatcher’s', async () => {
  await begin('by-open-lead')
  const lead = (id: number, status: number, owner: number) => ({ id, status, owner, name: '', pipeline: 1 })
  const decided = async (...openLeads: object[]) =>
    changedBy(await run('call-parameters', note, { call: missed, openLeads }))
  expect(await decided(lead(1, 9_000_001, 5), lead(2, 9_000_004, 6))).toEqual({
    ...note,
    person: 6,
    author: 6,
    entity: { kind: 'lead', id: 2 },
  })
  expect(await decided(lead(1, 9_000_001, 5))).toMatchObject({ person: 7_000_003, entity: note.entity })
})
