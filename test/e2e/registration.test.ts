import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sortOut } from '../_registration-stage.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'

const RING_MS = 10_000
/** Room for a proof: thirty seconds after a failure, looked for twice. */
const SETTLE_MS = 90_000
const [ANNA, BORIS] = [7_000_001, 7_000_002]
const task = { enabled: true, text: 'Перезвонить: {phone}', minutes: 120, workingHours: false }
const missedTasks = { missedKnown: { task }, missedUnknown: { task } }

const notesOf = ({ sandbox }: Stage, phone: string) => sandbox.callNotes().filter((note) => note.phone === phone)
const contactsOf = ({ sandbox }: Stage, phone: string) =>
  sandbox.contacts().filter(({ phones, deleted }) => !deleted && phones.includes(phone))

/** A call that rings and is given up. */
async function miss(stage: Stage, from: string): Promise<void> {
  await stage.lab.trunk.call({ from, did: '7006', giveUpAfterMs: 700 })
  await stage.settled(SETTLE_MS)
}

describe.each(['22', '16'] as const)('given Asterisk %s and unknown callers who become incoming leads', (asterisk) => {
  const STRANGER = '+79031112233'
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage({
      asterisk,
      config: {
        rules: {
          incomingUnknown: { create: 'unsorted' },
          missedKnown: { task },
          missedUnknown: { create: 'unsorted', task },
        },
        lines: [{ did: '7001', label: 'Реклама', pipeline: 4400 }],
      },
    })
    await stage.start()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test('when a stranger calls and talks, then one incoming lead tells the call and nothing else does', async () => {
    const call = stage.lab.trunk.call({ from: STRANGER, did: '7001', hangUp: 'caller', talkMs: 3_000 })
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').accept()
    await call
    await stage.settled(SETTLE_MS)
    const [lead, ...others] = stage.sandbox.unsorted()
    expect(others).toEqual([])
    expect(lead).toMatchObject({ state: 'waiting', sourceUid: '7001', sourceName: 'Реклама', pipeline: 4400 })
    expect(lead?.metadata).toMatchObject({ phone: STRANGER, from: 'Реклама', call_responsible: ANNA })
    expect(notesOf(stage, STRANGER)).toMatchObject([
      { entity: { type: 'leads', id: lead?.lead }, direction: 'in', responsible: ANNA, uniq: lead?.metadata['uniq'] },
    ])
    expect(Math.abs(Number(lead?.metadata['duration']) - 3)).toBeLessThanOrEqual(1)
    expect(contactsOf(stage, STRANGER)).toMatchObject([{ id: lead?.contacts[0], unsorted: true }])
  })

  test('when they call again while the lead waits, then their note stands on the contact that waits, without a second lead or a task', async () => {
    await miss(stage, STRANGER)
    const [lead] = stage.sandbox.unsorted()
    expect(stage.sandbox.unsorted()).toHaveLength(1)
    expect(notesOf(stage, STRANGER).map(({ entity, seconds }) => ({ entity, seconds }))).toMatchObject([
      { entity: { type: 'leads', id: lead?.lead } },
      { entity: { type: 'contacts', id: lead?.contacts[0] }, seconds: 0 },
    ])
    expect(stage.sandbox.tasks()).toEqual([])
  })

  test('when somebody accepted the lead, then they are a client like any other: note and task stand on their open lead', async () => {
    const [lead] = stage.sandbox.unsorted()
    const entity = { type: 'leads', id: lead?.lead }
    await sortOut(stage.sandbox, lead?.uid, 'accept')
    await miss(stage, STRANGER)
    expect(stage.sandbox.unsorted()).toHaveLength(1)
    expect(notesOf(stage, STRANGER).at(-1)).toMatchObject({ entity, status: 6 })
    expect(stage.sandbox.tasks()).toMatchObject([{ entity, owner: ANNA, text: `Перезвонить: ${STRANGER}` }])
    expect(contactsOf(stage, STRANGER)).toHaveLength(1)
  })

  test('when the CRM answers 504 but has made the lead, then there is one, and the next call knows of it', async () => {
    const other = '+79031112244'
    stage.sandbox.fault({
      match: { method: 'POST', path: '/api/v4/leads/unsorted/sip' },
      do: { kind: 'gateway-timeout', execution: 'executed' },
    })
    await miss(stage, other)
    await miss(stage, other)
    const leads = stage.sandbox.unsorted().filter(({ metadata }) => metadata['phone'] === other)
    expect(leads).toHaveLength(1)
    const notes = notesOf(stage, other)
    expect(notes.map(({ entity }) => entity.type).toSorted()).toEqual(['contacts', 'leads'])
    expect(new Set(notes.map(({ uniq }) => uniq)).size).toBe(2)
  })
})

describe('given Asterisk 22, unknown callers who become contacts, and a task for missed calls', () => {
  const phones = {
    owned: '+79221532301',
    deleted: '+79221532302',
    merged: '+79221532303',
    shared: '+79221532304',
    company: '+79221532305',
    typed: '+79221532327',
  } as const
  const ids: Record<string, number> = {}
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage({
      asterisk: '22',
      sandbox: {
        seed: ({ addContact, addCompany }) => {
          const older = Math.floor(Date.now() / 1000) - 86_400
          ids['owned'] = addContact({ name: 'Иван', phones: [phones.owned], owner: BORIS })
          ids['deleted'] = addContact({ name: 'Удалённый', phones: [phones.deleted] })
          ids['loser'] = addContact({ name: 'Дубль', phones: [phones.merged] })
          ids['winner'] = addContact({ name: 'Победитель', owner: BORIS })
          ids['oldest'] = addContact({ name: 'Муж', phones: [phones.shared], owner: BORIS, createdAt: older })
          addContact({ name: 'Жена', phones: [phones.shared] })
          ids['company'] = addCompany({ name: 'Ромашка', phones: [phones.company], owner: BORIS })
          addCompany({ name: 'Их фирма', phones: [phones.shared] })
          ids['typed'] = addContact({ name: 'Пётр', phones: ['доб. 4, 8 (922) 153-23-27'] })
        },
      },
      config: {
        rules: {
          ...missedTasks,
          defaultUser: ANNA,
          outgoingUnknown: { create: 'nothing' },
          outgoingNotReached: { create: 'nothing' },
        },
      },
    })
    await stage.start()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  const tasksOf = (type: string, id: number | undefined) =>
    stage.sandbox.tasks().filter(({ entity }) => entity?.type === type && entity.id === id)

  test('when a client’s call is missed, then their owner has one task with the deadline, however often they call', async () => {
    await miss(stage, phones.owned)
    const [task] = tasksOf('contacts', ids['owned'])
    expect(task).toMatchObject({ owner: BORIS, text: `Перезвонить: ${phones.owned}`, completed: false })
    expect(Math.abs(Number(task?.completeTill) - Date.now() / 1000 - 7_200)).toBeLessThan(30)
    await miss(stage, phones.owned)
    expect(tasksOf('contacts', ids['owned'])).toHaveLength(1)
    expect(notesOf(stage, phones.owned)).toMatchObject([{ author: BORIS }, { author: BORIS }])
  })

  test('when a client is deleted or merged before the note is written, then the call finds its client anew', async () => {
    stage.sandbox.deleteContact(ids['deleted'] ?? 0)
    stage.sandbox.mergeContacts(ids['loser'] ?? 0, ids['winner'] ?? 0)
    await stage.lab.trunk.call({ from: [phones.deleted, phones.merged], did: '7006', giveUpAfterMs: 700, count: 2 })
    await stage.settled(SETTLE_MS)
    expect(notesOf(stage, phones.merged)).toMatchObject([{ entity: { type: 'contacts', id: ids['winner'] } }])
    const [anew, ...more] = contactsOf(stage, phones.deleted)
    expect(more).toEqual([])
    expect(notesOf(stage, phones.deleted)).toMatchObject([{ entity: { type: 'contacts', id: anew?.id } }])
    expect(tasksOf('contacts', ids['winner'])).toMatchObject([{ owner: BORIS }])
  })

  test('when several clients share the number, then the oldest contact has the call; a company has it when nobody else does', async () => {
    const from = [phones.shared, phones.company, phones.typed]
    await stage.lab.trunk.call({ from, did: '7006', giveUpAfterMs: 700, count: 3 })
    await stage.settled(SETTLE_MS)
    expect(notesOf(stage, phones.shared)).toMatchObject([{ entity: { type: 'contacts', id: ids['oldest'] } }])
    expect(notesOf(stage, phones.company)).toMatchObject([{ entity: { type: 'companies', id: ids['company'] } }])
    expect(notesOf(stage, phones.typed)).toMatchObject([{ entity: { type: 'contacts', id: ids['typed'] } }])
    expect(tasksOf('companies', ids['company'])).toMatchObject([{ owner: BORIS }])
  })

  test('when an unknown number is called by hand, then nobody is made for it and the journal alone has the call', async () => {
    const contacts = stage.sandbox.contacts().length
    await stage.lab.trunk.answerWith('busy')
    await stage.lab.phone('102').dial('+79167778899')
    await sleep(500)
    await stage.lab.phone('102').waitForIdle(RING_MS)
    await stage.settled(SETTLE_MS)
    expect(stage.sandbox.contacts()).toHaveLength(contacts)
    expect(notesOf(stage, '+79167778899')).toEqual([])
  })

  test('when the CRM refuses the token, then the status says so', async () => {
    stage.sandbox.fault({ match: { method: 'POST' }, do: { kind: 'unauthorized' } })
    await stage.lab.trunk.call({ from: phones.owned, did: '7006', giveUpAfterMs: 700 })
    const status = async () => JSON.stringify(await (await fetch(`http://127.0.0.1:${stage.port}/status`)).json())
    await eventually(async () => /does not take the token/.test(await status()), 15_000, 'the status does not say so')
  })
})
