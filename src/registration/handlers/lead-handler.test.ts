import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  callJob,
  onContact,
  openStages,
  phone,
  prove,
  type RegistrationStage,
  resultOf,
  type StageChange,
  send,
} from '../../../test/_registration-stage.ts'
import { everyKind, missed } from '../_settings.ts'
import { decisionsOf } from '../decisions-of.ts'
import type { KindOverlay } from '../rules/rule-book.ts'

let stages: Awaited<ReturnType<typeof openStages>>
let stage: RegistrationStage
beforeAll(async () => {
  stages = await openStages()
})
const begin = async (rule: KindOverlay = {}, change: StageChange = {}) => {
  await stages.end(stage)
  stage = await stages.begin({ rules: everyKind({ create: 'lead', ...rule }), ...change })
}
beforeEach(async () => {
  stage = await stages.begin({ rules: everyKind({ create: 'lead' }) })
})
afterEach(() => stages.end(stage))
afterAll(() => stages.close())

const leadJob = (id: number, key = '1', given: object = {}) =>
  callJob('lead', `${key}:lead`, { ...onContact(id), ...given })
const ivan = () => stage.sandbox.addContact({ name: 'Иван', phones: [phone] })
const leads = () => stage.sandbox.leads()

describe('the lead of a call', () => {
  test('given a client without one, then it is made as the rule says, for whoever talked', async () => {
    await begin({ lead: { name: 'Звонок {phone} на {lineName}', status: 44002, tags: ['звонок'] } })
    const id = ivan()
    const [outcome] = await send(stage.leads, leadJob(id))
    expect(leads()).toMatchObject([
      { name: `Звонок ${phone} на Реклама`, status: 44002, owner: 7000001, contacts: [id] },
    ])
    expect(resultOf(outcome)).toMatchObject({ made: { id: leads()[0]?.id, owner: 7000001 } })
    expect(decisionsOf(resultOf(outcome))).toMatchObject([
      { about: 'lead', code: 'no-open-lead', facts: { lead: leads()[0]?.id } },
    ])
  })

  test('given an open one that a manager made a moment ago, then none is made', async () => {
    const id = ivan()
    const open = stage.sandbox.addLead({ name: 'Открытая', contacts: [id] })
    const [outcome] = await send(stage.leads, leadJob(id))
    expect(resultOf(outcome)).toMatchObject({ skipped: 'has-open-lead', decisions: [{ facts: { lead: open } }] })
    expect(leads()).toHaveLength(1)
  })

  test('given only a closed one, then one is made', async () => {
    const id = ivan()
    stage.sandbox.addLead({ name: 'Закрытая', status: 143, contacts: [id] })
    await send(stage.leads, leadJob(id))
    expect(leads()).toHaveLength(2)
  })

  test('given two calls of a client one after the other, then the second finds the first one’s lead', async () => {
    const id = ivan()
    await send(stage.leads, leadJob(id))
    const [second] = await send(stage.leads, leadJob(id, '2'))
    expect(resultOf(second)).toMatchObject({ skipped: 'has-open-lead' })
    expect(leads()).toHaveLength(1)
  })

  test('given many clients, then their leads cost one delta and one creation', async () => {
    const jobs = Array.from({ length: 20 }, (_, n) => leadJob(stage.sandbox.addContact({ name: `К${n}` }), `${n}`))
    await send(stage.leads, ...jobs)
    expect(leads()).toHaveLength(20)
    expect(stage.sandbox.requests().filter(({ method }) => method === 'POST')).toHaveLength(1)
  })

  test('given a client who waits in unsorted, an old call, a withheld number, then the CRM is not asked at all', async () => {
    const waiting = await send(stage.leads, leadJob(ivan(), '1', { how: 'incoming', incoming: 'aa' }))
    const old = await send(stage.leads, callJob('lead', '2', onContact(1), { quietAt: Date.now() - 1 }))
    const hidden = await send(stage.leads, leadJob(1, '3', { how: 'hidden' }))
    expect([...waiting, ...old, ...hidden].map((outcome) => resultOf(outcome))).toMatchObject([
      { skipped: 'waits-in-unsorted' },
      { skipped: 'old-call' },
      { skipped: 'hidden-number' },
    ])
    expect(stage.sandbox.requests()).toEqual([])
  })

  test('given a client who is gone, then it loses its ground', async () => {
    const id = ivan()
    stage.sandbox.deleteContact(id)
    expect((await send(stage.leads, leadJob(id)))[0]?.kind).toBe('lost-ground')
  })

  test('given leads that cannot be read, then nothing is made and it is tried again', async () => {
    const id = ivan()
    stage.sandbox.fault({ match: { method: 'GET' }, do: { kind: 'server-error' }, times: 5 })
    expect((await send(stage.leads, leadJob(id)))[0]?.kind).toBe('retry')
    expect(leads()).toEqual([])
  })

  for (const kind of ['gateway-timeout', 'reset', 'malformed'] as const) {
    test(`given it is made but answered with ${kind}, then it is proven and found by the next call`, async () => {
      const id = ivan()
      stage.sandbox.fault({ match: { method: 'POST' }, do: { kind, execution: 'executed' } })
      expect((await send(stage.leads, leadJob(id)))[0]?.kind).toBe('ambiguous')
      const [proof] = await prove(stage.leads, leadJob(id))
      expect(resultOf(proof)).toMatchObject({ made: { id: leads()[0]?.id, pipeline: 4400 } })
      await send(stage.leads, leadJob(id, '2'))
      expect(leads()).toHaveLength(1)
    })
  }

  test('given it is made and not answered, then it is proven though the index has read it meanwhile, by whatever clock', async () => {
    await begin({ lead: { unless: 'never' } })
    const id = ivan()
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'reset', execution: 'executed' } })
    const job = { ...leadJob(id), firstAttemptAt: Date.now() }
    expect((await send(stage.leads, job))[0]?.kind).toBe('ambiguous')
    const [lead] = leads()
    const read = { id: lead?.id ?? 0, name: lead?.name ?? '', owner: 0, pipeline: 4400, status: 44001, open: true }
    const clients = [{ kind: 'contact', id }] as const
    await stage.store.leads.upsertLeads([{ ...read, clients, updatedAt: job.firstAttemptAt - 5_000 }])
    expect(resultOf((await prove(stage.leads, job))[0])).toMatchObject({ made: { id: lead?.id } })
  })

  test('given it was not made, then the lead of the client’s call before is no proof', async () => {
    await begin({ lead: { unless: 'never' } })
    const id = ivan()
    await send(stage.leads, leadJob(id))
    const later = leadJob(id, '2')
    const { call } = later.payload
    const job = {
      ...later,
      payload: { call: { ...call, startedAt: call.startedAt + 20_000 } },
      firstAttemptAt: Date.now(),
    }
    expect(await prove(stage.leads, job)).toEqual([{ kind: 'absent' }])
  })

  test('given it was not made, then another client’s lead of that name is no proof', async () => {
    await begin({ lead: { name: 'Звонок' } })
    const [id, other] = [ivan(), stage.sandbox.addContact({ name: 'Пётр' })]
    await send(stage.leads, leadJob(other))
    expect(await prove(stage.leads, leadJob(id, '2'))).toEqual([{ kind: 'absent' }])
  })

  test('given a script, then what it says is made, and a wrong answer changes nothing', async () => {
    const answers = [{ pipeline: 4400, status: 44002 }, { status: 'оплачено' }]
    const hooks = { has: () => true, run: async () => answers.shift() }
    await begin({}, { hooks })
    await send(stage.leads, leadJob(ivan(), '1'), leadJob(stage.sandbox.addContact({ name: 'Пётр' }), '2'))
    expect(leads().map(({ status }) => status)).toEqual([44002, 44001])
  })

  test('given a rule without leads, then none is made', async () => {
    await begin({ create: 'nothing' })
    expect(resultOf((await send(stage.leads, callJob('lead', '1', onContact(ivan()), missed)))[0])).toMatchObject({
      skipped: 'rule-says-none',
    })
  })
})
