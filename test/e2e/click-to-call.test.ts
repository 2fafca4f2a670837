import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { CardListener, ReceivedCard } from '../stage/card-listener.ts'
import type { ServiceProcess } from '../stage/service-process.ts'
import { eventually, people, type Stage, setStage } from '../stage/stage.ts'

const RING_MS = 10_000
const SETTLE_MS = 40_000
const KNOWN = '+79221532327'
/** What `[outbound]` of the lab's dialplan waits for an answer. */
const DIAL_SECONDS = 30

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

describe.each(['22', '16'] as const)('given Asterisk %s, the service and a manager at a desk phone', (asterisk) => {
  let stage: Stage
  let service: ServiceProcess
  let contact: number
  let anna: CardListener
  const opened = new DisposableStack()

  beforeAll(async () => {
    stage = await setStage({
      asterisk,
      sandbox: {
        seed: (hands) => {
          contact = hands.addContact({ name: 'Иван Петров', phones: ['8 (922) 153-23-27'], owner: 7_000_002 })
        },
      },
      config: { clickToCall: { ringSeconds: 6 } },
    })
    service = await stage.start()
    anna = opened.use(await stage.cards('101'))
  })
  afterAll(async () => {
    opened.dispose()
    await stage?.[Symbol.asyncDispose]()
  })
  beforeEach(async () => {
    await stage.settled(SETTLE_MS)
  })

  const send = async (method: string, path: string, extension: string, body?: unknown): Promise<Answer> => {
    const token = people.find((one) => one.extension === extension)?.token ?? ''
    const answer = await fetch(`http://127.0.0.1:${stage.port}/crm/click-to-call${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Answer['body'] }
  }
  const click = (phone: string, more: object = {}, extension = '101') => send('POST', '', extension, { phone, ...more })
  /** Clicks, and picks up; the call's id. */
  const clickAndPickUp = async (phone: string, more: object = {}): Promise<string> => {
    const { status, body } = await click(phone, more)
    expect({ status, state: body['state'] }).toEqual({ status: 202, state: 'ringing-you' })
    await stage.lab.phone('101').waitForRing(RING_MS)
    // A busy client ends the call before the phone's remote control has told that it talked.
    stage.lab
      .phone('101')
      .accept()
      .catch(() => undefined)
    return String(body['call'])
  }
  const told = (call: string, state: string, withinMs: number): Promise<ReceivedCard> =>
    anna.waitFor(
      (message) => message.type === 'click' && message['call'] === call && message['state'] === state,
      withinMs,
    )
  const statesOf = (call: string) =>
    anna.messages.filter((one) => one.type === 'click' && one['call'] === call).map((one) => one['state'])
  const notesOf = (phone: string) => stage.sandbox.callNotes().filter((note) => note.phone === phone)
  /** Channels that Asterisk ever created, by its own CEL. */
  const channels = async () => (await stage.lab.cel()).filter((row) => row['eventtype'] === 'CHAN_START')
  const channelsOf = async (extension: string) =>
    (await channels()).filter((row) => String(row['channame']).startsWith(`PJSIP/${extension}-`))

  test('when a client is clicked, then the trunk sees what a call by hand shows, and one outbound note has the seconds', async () => {
    const byHand = await stage.lab.trunk.answerWith('answer')
    await stage.lab.phone('101').dial(KNOWN)
    await stage.lab.phone('101').waitForTalk(RING_MS)
    const [hand] = await byHand.waitForCalls(1, RING_MS)
    await stage.lab.phone('101').hangup()
    await stage.settled(SETTLE_MS)
    const before = notesOf(KNOWN).length

    const clicked = await stage.lab.trunk.answerWith('answer', { ringMs: 2_000 })
    const { status, body } = await click('8 (922) 153-23-27', {
      requestId: 'first',
      entity: { kind: 'contact', id: contact },
    })
    expect({ status, body }).toMatchObject({
      status: 202,
      body: { state: 'ringing-you', requestId: 'first', number: KNOWN, says: 'Ваш телефон звонит: снимите трубку.' },
    })
    const call = String(body['call'])
    expect(call.length).toBeLessThanOrEqual(30)
    const ring = await stage.lab.phone('101').waitForRing(RING_MS)
    expect(ring).toEqual({ from: KNOWN, displayName: 'CRM' })
    await sleep(1_500)
    expect(await clicked.calls()).toEqual([])
    await stage.lab.phone('101').accept()
    await told(call, 'calling-client', 2_000)
    const answered = await told(call, 'answered', 5_000)
    expect(answered).toMatchObject({ requestId: 'first', entity: { kind: 'contact', id: contact } })
    await sleep(4_000)
    await stage.lab.phone('101').hangup()
    await stage.settled(SETTLE_MS)

    const [click1] = await clicked.calls()
    expect(hand?.from).toBe('101')
    expect({ from: click1?.from, number: click1?.number }).toEqual({ from: hand?.from, number: hand?.number })
    expect(statesOf(call)).toEqual(['ringing-you', 'calling-client', 'answered'])
    expect(await send('GET', `/${call}`, '101')).toMatchObject({ status: 200, body: { state: 'answered' } })
    expect((await send('GET', `/${call}`, '102')).status).toBe(404)
    const notes = notesOf(KNOWN).slice(before)
    expect(notes).toMatchObject([
      {
        direction: 'out',
        status: 4,
        author: 7_000_001,
        responsible: 7_000_001,
        entity: { type: 'contacts', id: contact },
      },
    ])
    expect(Math.abs(Number(notes[0]?.seconds) - 4)).toBeLessThanOrEqual(1)
    const row = (await stage.lab.cdr()).find((one) => one['uniqueid'] === call)
    expect(row).toMatchObject({ src: '101', dst: KNOWN, disposition: 'ANSWERED' })
    const { waitSeconds } = await endedCall(call)
    // The client's phone rang two seconds; how long the manager's own rang is no part of it.
    expect(Math.abs(Number(waitSeconds) - 2)).toBeLessThanOrEqual(0.5)
  })

  const endedCall = async (call: string) =>
    service.waitForLog((line) => line.msg === 'call ended' && line['call'] === call, 5_000)

  test('when a button is clicked twice, then the phone is rung once and both clicks get the same call', async () => {
    await stage.lab.trunk.answerWith('answer')
    const before = (await channelsOf('101')).length
    const both = await Promise.all([click(KNOWN, { requestId: 'a' }), click('89221532327', { requestId: 'b' })])
    expect(both.map(({ status }) => status)).toEqual([202, 202])
    const call = both[0]?.body['call']
    expect(both[1]?.body['call']).toBe(call)
    expect((await click(KNOWN)).body['call']).toBe(call)
    expect((await click(KNOWN, { requestId: 'a' })).body['call']).toBe(call)
    expect(await click('+79031112233')).toMatchObject({ status: 409, body: { code: 'already-calling', call } })
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').reject()
    expect(await told(String(call), 'failed', 6_000)).toMatchObject({ reason: 'phone-refused', cause: 17 })
    // The same request again, after it is over: the answer is what became of it.
    expect(await click(KNOWN, { requestId: 'a' })).toMatchObject({ status: 202, body: { call, state: 'failed' } })
    await eventually(async () => (await channelsOf('101')).length > before, 5_000, 'CEL tells nothing')
    await sleep(500)
    expect((await channelsOf('101')).length - before).toBe(1)
    expect((await stage.lab.cdr()).filter((row) => row['uniqueid'] === call).length).toBeLessThanOrEqual(1)
  })

  test.each([
    ['busy', 'busy', 17, 'Номер занят.', 7],
    ['not-found', 'wrong-number', 1, 'Такого номера нет.', 5],
    ['congestion', 'refused', 34, 'Оператор связи или клиент отклонил звонок.', 6],
  ] as const)(
    'when the trunk says %s, then the manager is told the reason within seconds',
    async (answer, reason, cause, says, status) => {
      const phone = `+7916777${cause.toString().padStart(4, '0')}`
      await stage.lab.trunk.answerWith(answer)
      const call = await clickAndPickUp(phone)
      expect(await told(call, 'failed', 6_000)).toMatchObject({ reason, cause, says })
      await stage.lab.phone('101').waitForIdle(RING_MS)
      await stage.settled(SETTLE_MS)
      expect(notesOf(phone)).toMatchObject([{ direction: 'out', status, seconds: 0, author: 7_000_001 }])
    },
  )

  test('when the manager hangs up before the client answers, then that is what is told', async () => {
    const callee = await stage.lab.trunk.answerWith('silent')
    const call = await clickAndPickUp('+79167770077', { lang: 'en' })
    await callee.waitForCalls(1, RING_MS)
    await sleep(500)
    await stage.lab.phone('101').hangup()
    expect(await told(call, 'failed', 6_000)).toMatchObject({ reason: 'you-hung-up', says: 'You hung up.' })
  })

  test('when the client does not answer, then that is told as soon as the PBX gives up', async () => {
    await stage.lab.trunk.answerWith('silent')
    const call = await clickAndPickUp('+79167770088')
    expect(await told(call, 'failed', (DIAL_SECONDS + 6) * 1000)).toMatchObject({ reason: 'no-answer' })
    await stage.settled(SETTLE_MS)
    expect(notesOf('+79167770088')).toMatchObject([{ direction: 'out', status: 6, seconds: 0 }])
  })

  test('when the manager does not pick up, then the client’s phone never rings and nothing is registered', async () => {
    const callee = await stage.lab.trunk.answerWith('answer')
    const { body } = await click('+79167770099')
    const failed = await told(String(body['call']), 'failed', 12_000)
    expect(failed).toMatchObject({ reason: 'not-picked-up' })
    await stage.settled(SETTLE_MS)
    expect(await callee.calls()).toEqual([])
    expect(notesOf('+79167770099')).toEqual([])
  })

  test('when a colleague is clicked, then their phone rings and nothing reaches the CRM', async () => {
    const notes = stage.sandbox.callNotes().length
    const call = await clickAndPickUp('102')
    const ring = await stage.lab.phone('102').waitForRing(RING_MS)
    expect(ring.from).toBe('101')
    await told(call, 'calling-client', 2_000)
    await stage.lab.phone('102').accept()
    await told(call, 'answered', 3_000)
    await stage.lab.phone('101').hangup()
    // The next click is possible at once, not when the interpreter is sure that the call is over.
    await stage.lab.phone('101').waitForIdle(RING_MS)
    await sleep(200)
    const next = await click('102')
    expect(next.status).toBe(202)
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').reject()
    await stage.settled(SETTLE_MS)
    expect(stage.sandbox.callNotes()).toHaveLength(notes)
  })

  test('when the phone is not registered, then that is the answer at once', async () => {
    await stage.lab.phone('103').unregister()
    await eventually(
      async () => (await stage.lab.cli('pjsip show endpoint 103')).includes('Unavailable'),
      5_000,
      'phone 103 is still registered',
    )
    const began = performance.now()
    const refused = await click(KNOWN, { lang: 'en' }, '103')
    expect(refused).toMatchObject({ status: 409, body: { code: 'phone-not-registered' } })
    expect(refused.body['message']).toContain('not registered')
    expect(performance.now() - began).toBeLessThan(2_000)
    await stage.lab.phone('103').register()
  })

  test('when forbidden numbers and nonsense are sent, then Asterisk never hears of them', async () => {
    await sleep(500)
    const before = (await channels()).length
    const refusals = []
    for (const phone of [
      '*21*79221532327#',
      '101&PJSIP/102',
      '+7999;x',
      '112',
      '8-809-123-45-67',
      '+442079460000',
      '101',
    ]) {
      const { status, body } = await click(phone)
      refusals.push([status, body['code']])
    }
    expect(refusals).toEqual([
      [422, 'feature-code'],
      [422, 'not-a-number'],
      [422, 'not-a-number'],
      [422, 'short-number'],
      [422, 'paid-number'],
      [422, 'foreign-number'],
      [422, 'own-extension'],
    ])
    expect(await click(KNOWN, { extension: '102' })).toMatchObject({ status: 400, body: { code: 'bad-request' } })
    await sleep(1_500)
    expect((await channels()).length).toBe(before)
  })

  test('when Asterisk hangs, then that is the answer, and a call it begins later is taken back', async () => {
    const callee = await stage.lab.trunk.answerWith('answer')
    process.kill(stage.lab.asteriskPid, 'SIGSTOP')
    const refused = await click(KNOWN).finally(() => process.kill(stage.lab.asteriskPid, 'SIGCONT'))
    expect(refused).toMatchObject({ status: 503, body: { code: 'asterisk-unreachable' } })
    await eventually(async () => (await service.status('asterisk.state')) === 'up', 20_000, 'the link is down')
    await eventually(() => !stage.lab.phone('101').isRinging(), 3_000, 'the phone rings on')
    expect(await callee.calls()).toEqual([])
    expect((await click('102')).status).toBe(202)
    await stage.lab.phone('101').waitForRing(RING_MS)
    await stage.lab.phone('101').reject()
  })

  test('when the phone has no caller id of its own at the PBX, then a click shows what a call by hand shows all the same', async () => {
    const file = join(stage.lab.etcAsterisk, 'pjsip.conf')
    const before = await readFile(file, 'utf8')
    await writeFile(file, before.replace(/^callerid=.*<102>\n/m, ''))
    await stage.lab.reload()
    const phone = stage.lab.phone('102')
    const shown = []
    for (const call of [() => phone.dial(KNOWN), () => click(KNOWN, {}, '102')]) {
      const callee = await stage.lab.trunk.answerWith('answer')
      if ((await call()) !== undefined) {
        await phone.waitForRing(RING_MS)
        await phone.accept()
      }
      shown.push((await callee.waitForCalls(1, RING_MS))[0]?.from)
      await phone.waitForTalk(RING_MS)
      await phone.hangup()
      await phone.waitForIdle(RING_MS)
    }
    expect(shown).toEqual(['102', '102'])
    await writeFile(file, before)
    await stage.lab.reload()
  })

  test('when the generated dialplan is missing, then the click says that the PBX dialled nobody', async () => {
    await stage.lab.cli('dialplan remove context callweave-click')
    const call = await clickAndPickUp('+79167770066')
    expect(await told(call, 'failed', 6_000)).toMatchObject({ reason: 'not-dialled' })
    await stage.lab.reload()
  })
})
