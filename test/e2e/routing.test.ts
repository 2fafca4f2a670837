import { execFile } from 'node:child_process'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Extension } from '../lab/ports.ts'
import type { LogLine, ServiceProcess } from '../stage/service-process.ts'
import { eventually, type Stage, setStage } from '../stage/stage.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const RING_MS = 8_000
const SETTLE_MS = 40_000
const CLIENT = '+79221532327'
const OTHER = '+79221532328'
const COLLEAGUE = '81234567890'
const ADMIN = 'card-token-of-person-101'
/** Default route 101 by way of 7001, and the whole order. */
const DID = '+74951234567'
const OWNERS = '+74951234568'
const [BORIS, VERA, DINA] = [7_000_002, 7_000_003, 7_000_004]

const routed = { on: true, ringSeconds: 3, extensions: ['101'], callerName: '{line}: {name} {company}' }
const lines = [
  { did: DID, label: 'Реклама', routing: routed },
  { did: OWNERS, label: 'Реклама', routing: { ...routed, order: ['contact'] } },
  // The group of 102, 103 and 104; who does not answer is followed by 101, which is none of them.
  { did: '7002', routing: { ...routed, order: ['list'], extensions: ['102'], whenUnanswered: 'ext-local,101,1' } },
  { did: '7003', routing: { ...routed, whenTalking: 'ring', order: ['list'], extensions: ['104'] } },
]
const people = [
  { extension: '101', name: 'Анна Смирнова', user: 7_000_001, token: ADMIN, admin: true },
  { extension: '102', name: 'Борис Кузнецов', user: BORIS, token: 'card-token-of-person-102' },
  { extension: '103', name: 'Вера Орлова', user: VERA },
]

/** What the recipes of docs/routing.md are: put into the PBX's dialplan as they stand there. */
async function recipes(port: number): Promise<string> {
  const page = await readFile(new URL('../../docs/routing.md', import.meta.url), 'utf8')
  const [json = '', text = ''] = [...page.matchAll(/```ini\n([\s\S]*?)```/g)].map(([, recipe = '']) => recipe)
  const here = (recipe: string) => recipe.replaceAll('127.0.0.1:8077', `127.0.0.1:${port}`)
  return `${here(json)}\n${here(text)}
[default-route]
exten => 7021,1,Goto(responsible-json,\${EXTEN},1)
exten => 7022,1,Goto(responsible-text,\${EXTEN},1)
[menu-of-mine]
exten => _X.,1,Dial(PJSIP/105,10)
 same => n,Hangup()
`
}

describe.each(['22'] as const)('given Asterisk %s and a line that routes', (asterisk) => {
  let stage: Stage
  let service: ServiceProcess
  let config: Record<string, Record<string, unknown>>

  beforeAll(async () => {
    stage = await setStage({
      asterisk,
      impatient: true,
      sandbox: {
        seed: (hands) => {
          hands.addUser({ name: 'Дина Белова', id: DINA })
          const contact = hands.addContact({ name: 'Иван, "Петров"', phones: [CLIENT], owner: VERA })
          hands.addCompany({ name: 'Ромашка', phones: [CLIENT], owner: DINA })
          hands.addLead({ name: 'Окна', owner: BORIS, contacts: [contact] })
          hands.addContact({ name: 'Пётр', phones: [OTHER], owner: BORIS })
        },
      },
      config: { lines, staff: { people, usersEverySeconds: 10 } },
    })
    config = JSON.parse(await readFile(stage.configFile, 'utf8'))
    await appendFile(join(stage.lab.etcAsterisk, 'extensions_custom.conf'), await recipes(stage.port))
    await stage.lab.reload()
    service = await stage.start()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  const phone = (extension: Extension) => stage.lab.phone(extension)
  const lastRoute = (): LogLine | undefined => service.log.findLast(({ msg }) => msg === 'call routed')
  const skippedBy = (line: LogLine | undefined) => {
    const { route } = line as unknown as { route: { skipped: { extension?: string; user?: number; why: string }[] } }
    return route.skipped.map(({ extension, user, why }) => `${extension ?? user} ${why}`)
  }

  /** A caller waits until that phone rings, and goes. What the phone showed. */
  async function rings(extension: Extension, { from = CLIENT, did = DID } = {}) {
    const call = stage.lab.trunk.call({ from, did, giveUpAfterMs: 1_200 })
    const ring = await phone(extension).waitForRing(RING_MS)
    await call
    await phone(extension).waitForIdle(RING_MS)
    return { ...ring, route: lastRoute(), skipped: skippedBy(lastRoute()) }
  }

  /** The file is saved as an editor would, and the service has seen it. */
  async function save(change: Record<string, Record<string, unknown> | readonly unknown[]>): Promise<LogLine> {
    const read = service.log.length
    const merged = Object.entries(change).map(([name, value]) => [
      name,
      Array.isArray(value) ? value : { ...config[name], ...value },
    ])
    config = { ...config, ...Object.fromEntries(merged) }
    await writeFile(stage.configFile, JSON.stringify(config))
    return service.waitForLog(
      (line) => service.log.indexOf(line) >= read && /^the (changed )?configuration/.test(line.msg),
      5_000,
    )
  }

  const responsible = async (query: string, ...options: readonly string[]): Promise<string> =>
    (await run('curl', ['-sS', ...options, `http://127.0.0.1:${stage.port}/pbx/responsible?${query}`])).stdout

  test('when a line asks for the contact’s owner, then they ring under line, name and company, all of it fit for a phone', async () => {
    const { displayName, skipped } = await rings('103', { did: OWNERS })
    expect(displayName).toBe('Реклама: Иван Петров Ромашка')
    expect(skipped).toEqual([])
    await stage.settled(SETTLE_MS)
  })

  test('when the open lead is known, then its owner rings, and when nobody answers the default route follows', async () => {
    const call = stage.lab.trunk.call({ from: CLIENT, did: DID, giveUpAfterMs: 5_000 })
    await phone('102').waitForRing(RING_MS)
    expect(phone('101').isRinging()).toBe(false)
    await phone('101').waitForRing(RING_MS)
    await call
    expect(lastRoute()?.['route']).toMatchObject({ why: 'owner-of-open-lead', extension: '102' })
  })

  test('when a routed ring is to go on elsewhere, then it does, and not when nobody was rung', async () => {
    const call = stage.lab.trunk.call({ from: OTHER, did: '7002', giveUpAfterMs: 5_000 })
    await phone('102').waitForRing(RING_MS)
    await phone('101').waitForRing(RING_MS)
    expect(phone('103').isRinging()).toBe(false)
    await call
    await stage.lab.cli('database put DND 102 YES')
    expect((await rings('103', { from: OTHER, did: '7002' })).skipped).toEqual(['102 do-not-disturb'])
    await stage.lab.cli('database del DND 102')
  })

  test('when phones are gone and undisturbed and the company’s owner has no extension, then who talked last rings', async () => {
    await stage.lab.trunk.answerWith('answer')
    await phone('105').dial(CLIENT)
    await phone('105').waitForTalk(RING_MS)
    await sleep(700)
    await phone('105').hangup()
    await stage.settled(SETTLE_MS)
    expect(await service.status('staff.unlisted')).toMatchObject([{ extension: '105', calls: 1 }])
    await phone('102').unregister()
    await stage.lab.cli('database put DND 103 YES')
    await sleep(1_500)
    const { skipped, route } = await rings('105')
    expect(skipped).toEqual(['102 unregistered', '103 do-not-disturb', `${DINA} no-extension`])
    expect(route?.['route']).toMatchObject({ why: 'talked-last' })
  })

  test('when an administrator hands over the widget’s table, then its people ring at once and contradictions are told', async () => {
    const hand = async (token: string, users: Record<string, string>) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const body = JSON.stringify({ users })
      const answer = await fetch(`http://127.0.0.1:${stage.port}/crm/staff`, { method: 'POST', headers, body })
      return [answer.status, await answer.json()]
    }
    const table = { [DINA]: '104', [BORIS]: '555' }
    expect((await hand('card-token-of-person-102', table))[0]).toBe(403)
    expect((await hand('nobody-has-this-token', table))[0]).toBe(401)
    expect((await hand(ADMIN, {}))[0]).toBe(422)
    const conflicts = [{ why: 'user-has-other-extension', row: { user: BORIS, extension: '555' } }]
    expect(await hand(ADMIN, table)).toMatchObject([200, { taken: 2, conflicts }])
    expect(await service.status('staff')).toMatchObject({ people: 4, fromWidget: 1, conflicts })
    expect((await rings('104')).route?.['route']).toMatchObject({ why: 'owner-of-company' })
  })

  test('when that one talks, then the next is asked for; a line may ring whoever talks', async () => {
    await phone('104').dial('103')
    await phone('103').waitForRing(RING_MS)
    await phone('103').accept()
    await phone('104').waitForTalk(RING_MS)
    expect((await rings('105')).skipped).toEqual(['102 unregistered', '103 do-not-disturb', '104 talking'])
    const call = stage.lab.trunk.call({ from: OTHER, did: '7003', giveUpAfterMs: 1_200 })
    await eventually(() => lastRoute()?.['did'] === '7003', RING_MS, 'the call was not routed')
    expect(lastRoute()?.['route']).toMatchObject({ kind: 'ring', extension: '104', skipped: [] })
    await call
    await phone('104').hangup()
  })

  test('when the file is changed, then that holds for the next call, and a file that cannot be used changes nothing', async () => {
    const offDuty = { extension: '105', name: 'Пётр', onDuty: false }
    const night = { extension: '104', user: DINA, hours: { week: Object.fromEntries(days.map((day) => [day, []])) } }
    const taken = await save({ staff: { people: [...people, offDuty, night] }, numbers: { country: 'KZ' } })
    expect(taken).toMatchObject({ applied: ['staff.people'], needRestart: ['numbers.country'] })
    expect(await service.status('staff')).toMatchObject({ people: 5, fromWidget: 0, unlisted: [] })
    const { skipped, route } = await rings('101')
    expect(skipped).toEqual(['102 unregistered', '103 do-not-disturb', '104 off-duty', '105 off-duty'])
    expect(route?.['route']).toMatchObject({ why: 'list-of-line' })

    await writeFile(stage.configFile, '{ "lines": [,] }')
    await service.waitForLog(({ msg }) => /cannot be used; the old one holds/.test(msg), 5_000)
    expect(await service.status('config.trouble')).toMatch(/not JSON/)
    expect((await rings('101')).skipped).toHaveLength(4)
    await save({ lines: lines.map((line) => ({ ...line, routing: { ...line.routing, on: false } })) })
    expect(await service.status('config')).toMatchObject({ needRestart: ['numbers.country'], needDialplan: true })
    await rings('101')
    expect(lastRoute()?.['route']).toMatchObject({ kind: 'default', why: 'line-keeps-default-route' })
    await save({ lines, staff: { people: [...people, offDuty] } })
  })

  test('when a user is dismissed in the CRM, then they are not rung, and the journal says who was passed over and why', async () => {
    stage.sandbox.deactivateUser(VERA)
    await stage.lab.cli('database del DND 103')
    await eventually(
      async () => JSON.stringify(await service.status('staff.users.dismissed')).includes(String(VERA)),
      15_000,
      'nobody noticed',
    )
    const { skipped } = await rings('104')
    expect(skipped).toEqual(['102 unregistered', '103 dismissed'])
    await stage.settled(SETTLE_MS)
    const ended = service.log.findLast(({ msg }) => msg === 'call ended')
    const explained = (lang: string) =>
      run(process.execPath, [main, 'explain', '--lang', lang, '--config', stage.configFile, String(ended?.['call'])])
    expect((await explained('en')).stdout).toContain(`user ${VERA} extension 103 was passed over: dismissed.`)
    expect((await explained('ru')).stdout).toMatch(
      /внутренний 102 пропущен: телефон не зарегистрирован[\s\S]*звонили на 104: ответственный\(ая\) за компанию/,
    )
  })

  test('when a script asks, then it is told the same by JSON and by text', async () => {
    const query = `phone=${encodeURIComponent(CLIENT)}&did=${encodeURIComponent(DID)}`
    expect(JSON.parse(await responsible(query))).toEqual({
      callerId: 'Реклама: Иван Петров Ромашка',
      phone: '104',
      why: 'owner-of-company',
      skipped: [
        { named: 'owner-of-open-lead', why: 'unregistered', user: BORIS, extension: '102' },
        { named: 'owner-of-contact', why: 'dismissed', user: VERA, extension: '103' },
      ],
    })
    expect(await responsible(`${query}&type=text`)).toBe('Реклама: Иван Петров Ромашка,104')
    expect(await responsible('phone=anonymous&type=text')).toBe(',')
    expect(await responsible(`${query}&type=xml`, '-o', '/dev/null', '-w', '%{http_code}')).toBe('400')
    expect(
      await responsible(query, '-H', 'X-Forwarded-For: 203.0.113.9', '-o', '/dev/null', '-w', '%{http_code}'),
    ).toBe('403')
  })

  test.each(['7021', '7022'])(
    'when a dialplan asks by the recipe at %s, then whoever it names rings, else its own menu',
    async (did) => {
      const known = stage.lab.trunk.call({ from: OTHER, did, giveUpAfterMs: 1_200 })
      await phone('105').waitForRing(RING_MS)
      await known
      await phone('102').register()
      await sleep(1_200)
      const again = stage.lab.trunk.call({ from: OTHER, did, giveUpAfterMs: 1_200 })
      expect((await phone('102').waitForRing(RING_MS)).displayName).toBe('Пётр')
      await again
      await phone('102').unregister()
      await sleep(1_200)
    },
  )

  test('when the file of mobiles names a colleague, then their call is nobody’s to be rung first', async () => {
    const file = join(stage.configFile, '..', 'mobiles.txt')
    await writeFile(file, '# the house\n812345678XX 101\n')
    await save({ staff: { ...config['staff'], mobilesFile: file } })
    await stage.lab.trunk.call({ from: COLLEAGUE, did: DID, giveUpAfterMs: 700 })
    expect(lastRoute()?.['route']).toMatchObject({ why: 'caller-is-staff' })
    await writeFile(file, '89990001122\n')
    await service.waitForLog(
      ({ msg, numbers }) =>
        msg === 'the file of mobiles was read' &&
        numbers === 1 &&
        service.log.filter((one) => one.msg === msg).length > 1,
      5_000,
    )
    await stage.lab.trunk.call({ from: COLLEAGUE, did: DID, giveUpAfterMs: 700 })
    expect(lastRoute()?.['route']).toMatchObject({ why: 'list-of-line', extension: '101' })
  })
})

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
