import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type Stage, setStage } from '../stage/stage.ts'
import { ANNA, BORIS, lines, MAIN, VERA } from './_rule-lines.ts'

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const run = promisify(execFile)
const RING_MS = 10_000
const SETTLE_MS = 60_000

/** Clients the CRM knows, by what they are there for; strangers have numbers of their own. */
const known = [
  'leadUnlessOpen',
  'leadUnlessOpenHere',
  'leadAlways',
  'inTurn1',
  'inTurn2',
  'random',
  'user',
  'cardOwner',
  'lastRang',
  'fallThrough',
  'ownerAlways',
  'ownerInStage',
  'ownerNotInStage',
  'fields',
  'ignored',
  'ignoredNumber',
  'task',
  'group',
  'end',
  'outgoing',
  'openLead',
  'twoLeads',
  'two',
  'popup',
] as const
type Known = (typeof known)[number]
const phoneOf = (name: Known) => `+792215300${String(known.indexOf(name)).padStart(2, '0')}`
const stranger = (number: number) => `+7903111220${number}`

let stage: Stage
const ids: Record<string, number> = {}

const notesOf = (phone: string) => stage.sandbox.callNotes().filter((note) => note.phone === phone)
const contactsOf = (phone: string) =>
  stage.sandbox.contacts().filter(({ phones, deleted }) => !deleted && phones.includes(phone))
const leadsOf = (contact: number | undefined) =>
  stage.sandbox.leads().filter(({ contacts }) => contact !== undefined && contacts.includes(contact))
const tasksOf = (text: string) => stage.sandbox.tasks().filter((task) => task.text.includes(text))
const contactOf = (name: Known) => stage.sandbox.contacts().find(({ id }) => id === ids[name])

async function miss(from: string | readonly string[], did: string, giveUpAfterMs = 1_200): Promise<void> {
  await stage.lab.trunk.call({ from, did, giveUpAfterMs, count: typeof from === 'string' ? 1 : from.length, rate: 20 })
}

/** Rings 101, who looks at the screen, takes the call and talks for two seconds. */
async function talk(
  from: string,
  did: string,
  whileTalking: () => Promise<void> | void = () => undefined,
): Promise<void> {
  const phone = stage.lab.phone('101')
  const call = stage.lab.trunk.call({ from, did, hangUp: 'caller', talkMs: 2_500 })
  await phone.waitForRing(RING_MS)
  await sleep(500)
  await phone.accept()
  await whileTalking()
  await call
  await phone.waitForIdle(RING_MS)
}

async function dial(number: string): Promise<void> {
  const phone = stage.lab.phone('102')
  await phone.dial(number)
  await sleep(1_800)
  if (phone.isTalking()) await phone.hangup()
  await phone.waitForIdle(RING_MS)
}

describe('given Asterisk 22 and a line for every rule', () => {
  beforeAll(async () => {
    stage = await setStage({
      asterisk: '22',
      sandbox: {
        seed: ({ addContact, addLead, addPipeline, switchUnsorted }) => {
          for (const name of known) ids[name] = addContact({ name, phones: [phoneOf(name)], owner: BORIS })
          ids['secondOfTwo'] = addContact({ name: 'тёзка', phones: [phoneOf('two')], owner: VERA })
          const other = addPipeline({ name: 'Опт', stages: ['Новый'] })
          switchUnsorted(false, other)
          ids['other'] = other
          for (const name of ['leadUnlessOpen', 'openLead', 'leadAlways', 'ownerAlways'] as const) {
            ids[`${name}Lead`] = addLead({ name: 'Открытая', contacts: [ids[name] ?? 0], owner: BORIS })
          }
          ids['elsewhere'] = addLead({ name: 'Опт', pipeline: other, contacts: [ids['leadUnlessOpenHere'] ?? 0] })
          ids['inStage'] = addLead({
            name: 'На этапе',
            status: MAIN.second,
            contacts: [ids['ownerInStage'] ?? 0],
            owner: BORIS,
          })
          ids['notInStage'] = addLead({ name: 'Не на этапе', contacts: [ids['ownerNotInStage'] ?? 0], owner: BORIS })
          ids['borisLead'] = addLead({ name: 'Борис', contacts: [ids['twoLeads'] ?? 0], owner: BORIS })
          ids['annaLead'] = addLead({ name: 'Анна', contacts: [ids['twoLeads'] ?? 0], owner: ANNA })
          addLead({ name: 'Борис позже', contacts: [ids['twoLeads'] ?? 0], owner: BORIS })
          addLead({ name: 'Закрытая', status: 142, contacts: [ids['task'] ?? 0] })
          ids['hidden'] = addContact({ name: 'Скрытые номера' })
        },
      },
      config: {
        rules: {
          defaultUser: ANNA,
          popup: true,
          missedInMenu: 'task',
          hiddenNumberContact: 0,
          ignore: { numbers: [phoneOf('ignoredNumber')], lines: [lines.ignored.did] },
        },
        lines: Object.values(lines),
      },
      prepare: (config) => {
        const { rules, lines: all } = config as { rules: Record<string, unknown>; lines: Record<string, unknown>[] }
        rules['hiddenNumberContact'] = ids['hidden']
        const off = { missedUnknown: { create: 'unsorted', lead: { pipeline: ids['other'] } } }
        return {
          ...config,
          lines: all.map((line) => (line['did'] === lines.unsortedOff.did ? { ...line, rules: off } : line)),
        }
      },
    })
    await stage.start()
    // All rules of missed calls at once.
    const calls: readonly (readonly [string | readonly string[], string])[] = [
      [stranger(1), lines.contact.did],
      [stranger(2), lines.lead.did],
      [stranger(3), lines.unsorted.did],
      [stranger(4), lines.nothing.did],
      [stranger(5), lines.unsortedOff.did],
      [phoneOf('leadUnlessOpen'), lines.leadUnlessOpen.did],
      [phoneOf('leadUnlessOpenHere'), lines.leadUnlessOpenHere.did],
      [phoneOf('leadAlways'), lines.leadAlways.did],
      [[phoneOf('inTurn1'), phoneOf('inTurn2')], lines.inTurn.did],
      [phoneOf('random'), lines.random.did],
      [phoneOf('user'), lines.user.did],
      [phoneOf('cardOwner'), lines.contact.did],
      [phoneOf('lastRang'), lines.lastRang.did],
      [phoneOf('fallThrough'), lines.fallThrough.did],
      [phoneOf('ownerAlways'), lines.ownerAlways.did],
      [[phoneOf('ownerInStage'), phoneOf('ownerNotInStage')], lines.ownerInStage.did],
      [phoneOf('fields'), lines.fields.did],
      [phoneOf('ignored'), lines.ignored.did],
      [phoneOf('ignoredNumber'), lines.contact.did],
      [phoneOf('openLead'), lines.contact.did],
      [phoneOf('two'), lines.contact.did],
      ['anonymous', lines.contact.did],
    ]
    await Promise.all(calls.map(([from, did]) => miss(from, did)))
    await miss(phoneOf('group'), lines.group.did)
    await stage.settled(SETTLE_MS)
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test('when unknown numbers are missed, then each becomes what its line says', () => {
    expect(contactsOf(stranger(1))).toMatchObject([{ name: `Гость ${stranger(1)}` }])
    const [client] = contactsOf(stranger(2))
    expect(leadsOf(client?.id)).toMatchObject([
      { name: `Пропущен ${stranger(2)} на Продажи`, pipeline: MAIN.pipeline, status: MAIN.second, owner: ANNA },
    ])
    const [lead] = leadsOf(client?.id)
    expect(notesOf(stranger(2))).toMatchObject([
      { entity: { type: 'leads', id: lead?.id }, author: ANNA, responsible: ANNA, status: 6 },
    ])
    expect(tasksOf(stranger(2))).toMatchObject([
      { entity: { type: 'leads', id: lead?.id }, type: 2, text: `Перезвонить: ${stranger(2)}` },
    ])
    expect(stage.sandbox.unsorted()).toMatchObject([{ state: 'waiting', sourceName: 'Реклама' }])
    expect(tasksOf(stranger(3))).toEqual([])
    expect(contactsOf(stranger(4))).toEqual([])
    expect(notesOf(stranger(4))).toEqual([])
    const [instead] = contactsOf(stranger(5))
    expect(leadsOf(instead?.id)).toMatchObject([{ pipeline: ids['other'] }])
  })

  test('when known clients are missed, then leads are made only where no open one is in the way', () => {
    expect(leadsOf(ids['leadUnlessOpen'])).toHaveLength(1)
    expect(
      leadsOf(ids['leadUnlessOpenHere'])
        .map(({ pipeline }) => pipeline)
        .toSorted(),
    ).toEqual([MAIN.pipeline, ids['other']].toSorted())
    expect(leadsOf(ids['leadAlways'])).toHaveLength(2)
    expect(notesOf(phoneOf('leadUnlessOpen'))).toMatchObject([
      { entity: { type: 'leads', id: ids['leadUnlessOpenLead'] } },
    ])
  })

  test('when calls are placed, then the open lead has them, else the contact, the oldest of several', () => {
    expect(notesOf(phoneOf('openLead'))).toMatchObject([{ entity: { type: 'leads', id: ids['openLeadLead'] } }])
    expect(notesOf(phoneOf('two'))).toMatchObject([{ entity: { type: 'contacts', id: ids['two'] } }])
    expect(notesOf(phoneOf('cardOwner'))).toMatchObject([{ entity: { type: 'contacts', id: ids['cardOwner'] } }])
    expect(stage.sandbox.callNotes().filter(({ entity }) => entity.id === ids['hidden'])).toHaveLength(1)
  })

  test('when it is asked whose calls they are, then every policy names its person', () => {
    const author = (name: Known) => notesOf(phoneOf(name)).map((note) => note.author)
    expect([...author('inTurn1'), ...author('inTurn2')].toSorted()).toEqual([BORIS, VERA])
    expect([BORIS, VERA]).toContain(author('random')[0])
    expect(author('user')).toEqual([VERA])
    expect(author('cardOwner')).toEqual([BORIS])
    expect(author('lastRang')).toEqual([ANNA])
    expect(author('fallThrough')).toEqual([BORIS])
    expect(author('group')).toEqual([BORIS])
  })

  test('when owners change by rule, then client and lead follow, only where the lead stands in a named stage', () => {
    const leadOwner = (id: number | undefined) => stage.sandbox.leads().find((lead) => lead.id === id)?.owner
    expect([contactOf('ownerAlways')?.owner, leadOwner(ids['ownerAlwaysLead'])]).toEqual([VERA, VERA])
    expect([contactOf('ownerInStage')?.owner, leadOwner(ids['inStage'])]).toEqual([VERA, VERA])
    expect([contactOf('ownerNotInStage')?.owner, leadOwner(ids['notInStage'])]).toEqual([BORIS, BORIS])
  })

  test('when fields are filled by template and calls are ignored, then the CRM says so', async () => {
    const headers = { authorization: `Bearer ${stage.sandbox.token}` }
    const answer = await fetch(`${stage.sandbox.url}/api/v4/contacts/${ids['fields']}`, { headers })
    expect(JSON.stringify(await answer.json())).toContain('Звонил на Сайт')
    expect([...notesOf(phoneOf('ignored')), ...notesOf(phoneOf('ignoredNumber'))]).toEqual([])
  })

  test('when people are rung, then the CRM shows each of them one pop-up a call, and none of ignored numbers', async () => {
    const users = (name: Known) =>
      stage.sandbox.popups().flatMap((popup) => (popup.phone === phoneOf(name) ? popup.users : []))
    // Alone: in a rush a pop-up is dropped when nothing rings any more.
    await miss(phoneOf('group'), lines.group.did, 2_500)
    await talk(phoneOf('end'), lines.end.did)
    await stage.settled(SETTLE_MS)
    expect(users('group').toSorted()).toEqual(expect.arrayContaining([BORIS, VERA]))
    expect(users('end')).toEqual([ANNA])
    expect([...users('ignored'), ...users('ignoredNumber')]).toEqual([])
    expect(leadsOf(ids['end'])).toHaveLength(1)
  })

  test('when a rule acts at the ring or at the answer, then contact and lead are there before the call ends', async () => {
    const phone = stage.lab.phone('101')
    const ringing = stage.lab.trunk.call({ from: stranger(6), did: lines.ring.did, giveUpAfterMs: 2_500 })
    await phone.waitForRing(RING_MS)
    await eventually(
      () => leadsOf(contactsOf(stranger(6))[0]?.id).length === 1,
      2_400,
      'there is no lead while it rings',
    )
    await ringing
    await talk(stranger(7), lines.answer.did, () =>
      eventually(() => leadsOf(contactsOf(stranger(7))[0]?.id).length === 1, 2_400, 'there is no lead while they talk'),
    )
    await stage.settled(SETTLE_MS)
    for (const number of [6, 7]) {
      expect(leadsOf(contactsOf(stranger(number))[0]?.id)).toHaveLength(1)
      expect(notesOf(stranger(number))).toMatchObject([{ entity: { type: 'leads' } }])
    }
    expect(notesOf(stranger(7))).toMatchObject([
      { result: expect.stringMatching(/^(Ожидание \d+ с)?.*линия Опт/), author: ANNA },
    ])
    expect(leadsOf(ids['end'])).toHaveLength(1)
  })

  test('when several open leads could have a call, then it is the one of whoever talked', async () => {
    await talk(phoneOf('twoLeads'), lines.contact.did)
    await stage.settled(SETTLE_MS)
    expect(notesOf(phoneOf('twoLeads'))).toMatchObject([
      { entity: { type: 'leads', id: ids['annaLead'] }, author: ANNA },
    ])
  })

  test('when a client is missed twice and then talked to, then their one task counts and completes itself', async () => {
    await miss(phoneOf('task'), lines.task.did)
    await stage.settled(SETTLE_MS)
    await miss(phoneOf('task'), lines.task.did)
    await stage.settled(SETTLE_MS)
    expect(tasksOf(phoneOf('task'))).toMatchObject([
      { text: `Перезвонить: ${phoneOf('task')} (звонков: 2)`, completed: false, owner: BORIS },
    ])
    await stage.lab.trunk.answerWith('answer')
    await dial(phoneOf('task'))
    await stage.settled(SETTLE_MS)
    expect(tasksOf(phoneOf('task'))).toMatchObject([{ completed: true, result: expect.stringContaining('Борис') }])
    await miss(phoneOf('task'), lines.task.did)
    await stage.settled(SETTLE_MS)
    expect(tasksOf(phoneOf('task')).map(({ completed }) => completed)).toEqual([true, false])
  })

  test('when somebody calls out, then the trunk’s rules hold for each outcome', async () => {
    await stage.lab.trunk.answerWith('answer')
    await dial('+79167770001')
    await dial(phoneOf('outgoing'))
    await stage.lab.trunk.answerWith('busy')
    await dial('+79167770002')
    await stage.settled(SETTLE_MS)
    const reached = contactsOf('+79167770001')
    expect(leadsOf(reached[0]?.id)).toMatchObject([{ name: 'Звонили +79167770001', owner: BORIS }])
    expect(notesOf('+79167770001')).toMatchObject([
      { direction: 'out', entity: { type: 'leads' }, author: BORIS, status: 4 },
    ])
    expect(leadsOf(ids['outgoing'])).toHaveLength(1)
    expect(contactsOf('+79167770002')).toHaveLength(1)
    expect(notesOf('+79167770002')).toMatchObject([{ status: 7, author: BORIS }])
    expect(tasksOf('+79167770002')).toMatchObject([{ owner: BORIS }])
  })

  test('when a client dials an extension in a menu and reaches nobody, then that person has a task', async () => {
    await stage.lab.trunk.call({
      from: phoneOf('popup'),
      did: lines.menu.did,
      dtmf: { afterMs: 400, digits: '103' },
      hangUp: 'caller',
      talkMs: 1_500,
    })
    await stage.settled(SETTLE_MS)
    expect(tasksOf(phoneOf('popup'))).toMatchObject([{ owner: VERA }])
  })

  test('when it is asked why, then the service tells every decision in both languages', async () => {
    const uniq = String(notesOf(stranger(2))[0]?.uniq)
    const explain = async (lang: string) =>
      (await run(process.execPath, [main, 'explain', '--lang', lang, '--config', stage.configFile, uniq])).stdout
    const russian = await explain('ru')
    for (const sentence of [
      /пропущенный с неизвестного номера на линию 74950000002/,
      /создан контакт \d+/,
      /Создана сделка \d+/,
      /Поставлена задача/,
      /note \(call-note\) – готово/,
    ]) {
      expect(russian).toMatch(sentence)
    }
    expect(await explain('en')).toMatch(/The call belongs to user 7000001 \(extension 101\): their phone rang last/)
  })
})
