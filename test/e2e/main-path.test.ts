import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CardListener } from '../stage/card-listener.ts'
import { type Stage, setStage } from '../stage/stage.ts'

const RING_MS = 10_000
const SETTLE_MS = 40_000
const KNOWN = '+79221532327'

describe.each(['22', '16'] as const)('given Asterisk %s, the service and a CRM', (asterisk) => {
  let stage: Stage
  let contact: number
  const opened = new DisposableStack()

  beforeAll(async () => {
    stage = await setStage({
      asterisk,
      sandbox: {
        seed: (hands) => {
          contact = hands.addContact({ name: 'Иван Петров', phones: ['8 (922) 153-23-27'], owner: 7_000_002 })
        },
      },
    })
    await stage.start()
  })
  afterAll(async () => {
    opened.dispose()
    await stage?.[Symbol.asyncDispose]()
  })
  beforeEach(() => stage.sandbox.clearRequests())

  const cardsOf = async (extension: string): Promise<CardListener> => opened.use(await stage.cards(extension))
  const notesOf = (phone: string) => stage.sandbox.callNotes().filter((note) => note.phone === phone)
  const contactsOf = (digits: string) =>
    stage.sandbox.contacts().filter(({ phones }) => phones.some((phone) => phone.replace(/\D/g, '').endsWith(digits)))

  test('when a known client calls, then the default route rings, the card names them, and one note has the seconds and the person', async () => {
    const [anna, boris] = [await cardsOf('101'), await cardsOf('102')]
    const call = stage.lab.trunk.call({ from: KNOWN, did: '7001', hangUp: 'caller', talkMs: 6_000 })
    const ring = await stage.lab.phone('101').waitForRing(RING_MS)
    expect(ring.displayName).toBe('Иван Петров')
    const card = await anna.waitFor(({ type }) => type === 'card', 2_000)
    expect(card['card']).toMatchObject({
      state: 'ringing',
      phone: KNOWN,
      client: { state: 'known', id: contact, name: 'Иван Петров' },
    })
    await sleep(1_500)
    await stage.lab.phone('101').accept()
    await anna.waitFor((message) => message.type === 'card' && JSON.stringify(message).includes('"talking"'), 2_000)
    const [result] = await call
    expect(result?.answered).toBe(true)
    await anna.waitFor(({ type }) => type === 'closed', 5_000)
    await stage.settled(SETTLE_MS)

    expect(boris.messages.filter(({ type }) => type === 'card')).toEqual([])
    const notes = notesOf(KNOWN)
    expect(notes).toHaveLength(1)
    expect(notes[0]).toMatchObject({
      entity: { type: 'contacts', id: contact },
      direction: 'in',
      status: 4,
      author: 7_000_001,
      responsible: 7_000_001,
      triggersAutomation: true,
    })
    expect(Math.abs(Number(notes[0]?.seconds) - 6)).toBeLessThanOrEqual(1)
    const cdr = await stage.lab.cdr()
    const row = cdr.find(({ dst, disposition }) => dst === '7001' && disposition === 'ANSWERED')
    expect(Math.abs(Number(row?.['billsec']) - Number(notes[0]?.seconds))).toBeLessThanOrEqual(1)
    expect(contactsOf('9221532327')).toHaveLength(1)
  })

  test('when an unknown client calls twice within a second, then one contact is made and both calls stand on it', async () => {
    const call = () => stage.lab.trunk.call({ from: '89031112233', did: '7006', giveUpAfterMs: 2_500 })
    const both = [call(), sleep(400).then(call)]
    await Promise.all(both)
    await stage.settled(SETTLE_MS)
    const contacts = contactsOf('9031112233')
    expect(contacts).toHaveLength(1)
    expect(contacts[0]).toMatchObject({ name: 'Звонок +79031112233', phones: ['+79031112233'] })
    const notes = notesOf('+79031112233')
    expect(notes.map(({ status, seconds, entity }) => ({ status, seconds, id: entity.id }))).toEqual([
      { status: 6, seconds: 0, id: contacts[0]?.id },
      { status: 6, seconds: 0, id: contacts[0]?.id },
    ])
    expect(new Set(notes.map(({ uniq }) => uniq)).size).toBe(2)
  })

  test('when a ring group is called and one answers, then every phone’s card follows and the note is that person’s', async () => {
    const [boris, vera] = [await cardsOf('102'), await cardsOf('103')]
    const call = stage.lab.trunk.call({ from: '+79051234567', did: '7002', hangUp: 'caller', talkMs: 3_000 })
    await Promise.all([stage.lab.phone('102').waitForRing(RING_MS), stage.lab.phone('103').waitForRing(RING_MS)])
    await stage.lab.phone('103').accept()
    expect(await boris.waitFor(({ type }) => type === 'closed', 3_000)).toMatchObject({ reason: 'answered-elsewhere' })
    await vera.waitFor((message) => JSON.stringify(message).includes('"talking"'), 3_000)
    await call
    await stage.settled(SETTLE_MS)
    expect(notesOf('+79051234567')).toMatchObject([
      { status: 4, author: 7_000_003, responsible: 7_000_003, direction: 'in' },
    ])
  })

  test('when nobody answers until the PBX gives up, then the known client’s owner has a missed call', async () => {
    const before = notesOf(KNOWN).length
    const [result] = await stage.lab.trunk.call({ from: KNOWN, did: '7006' })
    expect(result?.answered).toBe(false)
    await stage.settled(SETTLE_MS)
    const missed = notesOf(KNOWN).slice(before)
    expect(missed).toMatchObject([
      { status: 6, seconds: 0, direction: 'in', author: 7_000_002, entity: { id: contact } },
    ])
  })

  test('when a manager calls a client by hand, then the note says call_out, whoever called, and the seconds', async () => {
    const before = notesOf(KNOWN).length
    const callee = await stage.lab.trunk.answerWith('answer')
    await stage.lab.phone('101').dial(KNOWN)
    await callee.waitForCalls(1, RING_MS)
    await stage.lab.phone('101').waitForTalk(RING_MS)
    await sleep(4_000)
    await stage.lab.phone('101').hangup()
    await stage.settled(SETTLE_MS)
    const out = notesOf(KNOWN).slice(before)
    expect(out).toMatchObject([{ direction: 'out', status: 4, author: 7_000_001, entity: { id: contact } }])
    expect(Math.abs(Number(out[0]?.seconds) - 4)).toBeLessThanOrEqual(1)
  })

  test('when the client called by hand is busy, then the note says so and names whoever called', async () => {
    await stage.lab.trunk.answerWith('busy')
    await stage.lab.phone('102').dial('+79167778899')
    await sleep(500)
    await stage.lab.phone('102').waitForIdle(RING_MS)
    await stage.settled(SETTLE_MS)
    expect(notesOf('+79167778899')).toMatchObject([
      { direction: 'out', status: 7, seconds: 0, author: 7_000_002, responsible: 7_000_002 },
    ])
  })

  test('when colleagues call each other, then nothing reaches the CRM and no card is shown', async () => {
    const boris = await cardsOf('102')
    const notes = stage.sandbox.callNotes().length
    await stage.lab.phone('101').dial('102')
    await stage.lab.phone('102').waitForRing(RING_MS)
    await stage.lab.phone('102').accept()
    await sleep(1_500)
    await stage.lab.phone('101').hangup()
    await stage.settled(SETTLE_MS)
    expect(stage.sandbox.callNotes()).toHaveLength(notes)
    expect(stage.sandbox.requests().filter(({ method }) => method !== 'GET')).toEqual([])
    expect(boris.messages.filter(({ type }) => type === 'card')).toEqual([])
  })
})
