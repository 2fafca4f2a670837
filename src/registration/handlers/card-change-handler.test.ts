import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import {
  callJob,
  onContact,
  openStages,
  phone,
  type RegistrationStage,
  resultOf,
  type StageChange,
  send,
} from '../../../test/_registration-stage.ts'
import { everyKind } from '../_settings.ts'
import { noHooks } from '../hooks.ts'
import type { KindOverlay } from '../rules/rule-book.ts'

let stages: Awaited<ReturnType<typeof openStages>>
let stage: RegistrationStage
beforeAll(async () => {
  stages = await openStages()
})
beforeEach(async () => {
  stage = await stages.begin()
})
afterEach(() => stages.end(stage))
afterAll(() => stages.close())
const begin = async (rule: KindOverlay, change: StageChange = {}) => {
  await stages.end(stage)
  stage = await stages.begin({
    rules: everyKind(rule),
    settings: { entities: ['lead', 'contact', 'company'] },
    ...change,
  })
}

const ivan = () => stage.sandbox.addContact({ name: 'Иван', phones: [phone], owner: 7000003 })
const ownerOf = (id: number) => stage.sandbox.contacts().find((contact) => contact.id === id)?.owner
const change = (id: number, fields = {}) => send(stage.cards, callJob('card-change', '1:cards', onContact(id), fields))
const writes = () => stage.sandbox.requests().filter(({ method }) => method === 'PATCH')

test('given the owner always changes, when Anna has talked, then client and open lead are hers', async () => {
  await begin({ changeOwner: 'always' })
  const id = ivan()
  stage.sandbox.addLead({ name: 'Открытая', contacts: [id], owner: 7000003 })
  await change(id)
  expect([ownerOf(id), stage.sandbox.leads()[0]?.owner]).toEqual([7000001, 7000001])
})

test('given the owner never changes, when the call ends, then nothing is written and the reason is kept', async () => {
  await begin({})
  const [outcome] = await change(ivan())
  expect(resultOf(outcome)).toMatchObject({ changed: [], decisions: [{ code: 'rule-says-never' }] })
  expect(writes()).toEqual([])
})

test('given an old call, when its turn comes, then the cards are left alone, scripts or not', async () => {
  const hooks = { has: () => true, run: async () => ({ owner: 7000002 }) }
  await begin({ changeOwner: 'always' }, { hooks })
  const id = ivan()
  await change(id, { quietAt: Date.now() - 1 })
  expect(ownerOf(id)).toBe(7000003)
})

test('given a script that says who owns the client, when the rule says nothing, then the script decides', async () => {
  await begin(
    {},
    { hooks: { ...noHooks, has: (point) => point === 'contact-update', run: async () => ({ owner: 7000002 }) } },
  )
  const id = ivan()
  await change(id)
  expect(ownerOf(id)).toBe(7000002)
})

test('given a lost answer, when the change is made again, then it is the same', async () => {
  await begin({ changeOwner: 'always' })
  const id = ivan()
  stage.sandbox.fault({ match: { method: 'PATCH' }, do: { kind: 'reset', execution: 'executed' } })
  expect((await change(id))[0]?.kind).toBe('ambiguous')
  expect((await change(id))[0]?.kind).toBe('done')
  expect(ownerOf(id)).toBe(7000001)
})

test('given a client who is gone, when their card is to change, then the client is found anew', async () => {
  await begin({ changeOwner: 'always' })
  const id = ivan()
  stage.sandbox.deleteContact(id)
  expect((await change(id))[0]?.kind).toBe('lost-ground')
})
