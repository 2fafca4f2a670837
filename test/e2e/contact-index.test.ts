import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Sandbox, startSandbox } from '../amocrm-sandbox/sandbox.ts'
import { type FakeAri, startFakeAri } from '../fake-ari/fake-ari.ts'
import { type ServiceProcess, startServiceProcess } from '../stage/service-process.ts'
import { eventually, freePort, type Stage, setStage } from '../stage/stage.ts'

/** A webhook, a moment of gathering, one read. */
const TOLD_MS = 3_000
/** Polling every five seconds. */
const POLLED_MS = 9_000
const RING_MS = 10_000
const [ANNA, BORIS, VERA] = [7_000_001, 7_000_002, 7_000_003]

describe('given Asterisk 22 and a CRM that tells changes', () => {
  let stage: Stage
  let service: ServiceProcess
  beforeAll(async () => {
    stage = await setStage({
      asterisk: '22',
      config: { rules: { incomingUnknown: { create: 'unsorted' }, missedUnknown: { create: 'unsorted' } } },
      prepare: (config) => {
        const { port } = Object(config['webserver'])
        const webhook = { publicUrl: `http://127.0.0.1:${port}/` }
        return { ...config, crm: { ...Object(config['crm']), webhook } }
      },
    })
    service = await stage.start()
    await toldBySubscription()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  const destination = () => stage.sandbox.webhooks.subscriptions()[0]?.destination ?? ''
  const toldBySubscription = () =>
    eventually(
      async () => (await service.status('contactIndex.webhook.state')) === 'set up',
      5_000,
      'the webhook was not set up',
    )
  /** The name and the extension a script is told. */
  const told = async (phone: string) => {
    const answer = await fetch(`http://127.0.0.1:${stage.port}/pbx/responsible?phone=${encodeURIComponent(phone)}`)
    const { callerId, phone: extension } = Object(await answer.json())
    return `${callerId} ${extension}`.trim()
  }
  const becomes = (phone: string, expected: RegExp, withinMs = TOLD_MS) =>
    eventually(async () => expected.test(await told(phone)), withinMs, `${phone} did not become ${expected}`)

  test('when it is set up, then the address is secret: neither log nor status has it', async () => {
    const secret = destination().split('/').at(-1) ?? ''
    expect(secret.length).toBeGreaterThan(40)
    expect(JSON.stringify([service.log, await service.status()])).not.toContain(secret)
    const refused = await fetch(destination().replace(secret, 'guessed'), { method: 'POST', body: 'x=1' })
    expect(refused.status).toBe(404)
  })

  test('when a contact is made in the CRM and then renamed, then the next card shows the new name', async () => {
    const phone = '+79221530001'
    const id = stage.sandbox.addContact({ name: 'Иван', phones: ['8 (922) 153-00-01'], owner: ANNA })
    await becomes(phone, /Иван 101/)
    stage.sandbox.editContact(id, { name: 'Иван Петров' })
    await becomes(phone, /Иван Петров/)
    using cards = await stage.cards('101')
    const call = stage.lab.trunk.call({ from: phone, did: '7001', giveUpAfterMs: 2_500 })
    const { card } = await cards.waitFor(({ type }) => type === 'card', RING_MS)
    expect(card).toMatchObject({ client: { state: 'known', id, name: 'Иван Петров', owner: ANNA } })
    await call
    await stage.settled(30_000)
  })

  test('when the owner changes, then calls go to the new one; of an open lead, to the lead’s', async () => {
    const phone = '+79221530002'
    const id = stage.sandbox.addContact({ name: 'Пётр', phones: [phone], owner: ANNA })
    await becomes(phone, / 101$/)
    stage.sandbox.editContact(id, { owner: BORIS })
    await becomes(phone, / 102$/)
    const lead = stage.sandbox.addLead({ name: 'Окна', contacts: [id], owner: VERA })
    await becomes(phone, / 103$/)
    stage.sandbox.moveLead(lead, { status: 143 })
    await becomes(phone, / 102$/)
  })

  test('when contacts are merged, deleted and restored, then so they are here', async () => {
    const phone = '+79221530003'
    const loser = stage.sandbox.addContact({ name: 'Дубль', phones: [phone], owner: ANNA })
    const winner = stage.sandbox.addContact({ name: 'Победитель', owner: BORIS })
    await becomes(phone, /Дубль 101/)
    stage.sandbox.mergeContacts(loser, winner)
    await becomes(phone, /^Победитель 102$/)
    stage.sandbox.deleteContact(winner)
    await becomes(phone, /^(?!.*Победитель)/)
    stage.sandbox.restoreContact(winner)
    await becomes(phone, /Победитель 102/)
  })

  test('when a stranger’s incoming lead is accepted, then they are known; declined, they are not and wait no longer', async () => {
    const [accepted, declined] = ['+79221530004', '+79221530005']
    await stage.lab.trunk.call({ from: [accepted, declined], did: '7006', giveUpAfterMs: 700, count: 2 })
    await stage.settled(30_000)
    const uidOf = (phone: string) =>
      stage.sandbox.unsorted().find(({ metadata }) => metadata['phone'] === phone)?.uid ?? ''
    stage.sandbox.acceptUnsorted(uidOf(accepted))
    await becomes(accepted, / 101$/)
    const asked = () =>
      stage.sandbox.requests().filter(({ path, query }) => path.endsWith('/unsorted') && /uid/.test(query))
    stage.sandbox.clearRequests()
    stage.sandbox.declineUnsorted(uidOf(declined))
    await eventually(() => asked().length > 0, TOLD_MS, 'nobody asked what became of the incoming lead')
    stage.sandbox.clearRequests()
    await stage.lab.trunk.call({ from: declined, did: '7006', giveUpAfterMs: 700 })
    await stage.settled(30_000)
    expect(stage.sandbox.unsorted().filter(({ metadata }) => metadata['phone'] === declined)).toHaveLength(2)
    expect(asked()).toEqual([])
  })

  test('when webhooks are lost, doubled and late, then what counts is what the CRM shows', async () => {
    const phone = '+79221530006'
    const id = stage.sandbox.addContact({ name: 'Раз', phones: [phone] })
    await becomes(phone, /Раз/)
    stage.sandbox.webhooks.mishap({ kind: 'late', ms: 800 })
    stage.sandbox.editContact(id, { name: 'Два' })
    stage.sandbox.webhooks.mishap({ kind: 'duplicate' })
    stage.sandbox.editContact(id, { name: 'Три' })
    await becomes(phone, /Три/)
    stage.sandbox.webhooks.mishap({ kind: 'drop' }, 5)
    stage.sandbox.editContact(id, { name: 'Четыре' })
    await becomes(phone, /Четыре/, POLLED_MS)
  })

  test('when the CRM switches the webhook off, then polling catches up, and the next start switches it on again', async () => {
    const phone = '+79221530007'
    stage.sandbox.webhooks.disable(destination())
    stage.sandbox.addContact({ name: 'Тихий', phones: [phone] })
    await becomes(phone, /Тихий/, POLLED_MS)
    const address = destination()
    await service.stop()
    service = await stage.start()
    await toldBySubscription()
    expect(stage.sandbox.webhooks.subscriptions()).toMatchObject([{ destination: address, disabled: false }])
    expect(await told(phone)).toMatch(/Тихий/)
  })
})

describe('given an account that takes a while to be read', () => {
  const CONTACTS = 6_000
  let sandbox: Sandbox
  let ari: FakeAri
  let directory: string
  let configFile: string
  let port: number
  beforeAll(async () => {
    let clock = Date.now() - CONTACTS * 60_000
    let filling = true
    sandbox = await startSandbox({
      clock: () => (filling ? clock : Date.now()),
      seed: ({ addContacts }) => {
        addContacts(CONTACTS, (at) => {
          clock += 60_000
          return { name: `К${at}`, phones: [`+7922${1_000_000 + at}`] }
        })
        filling = false
      },
      latency: { baseMs: 20, perItemMs: 0 },
    })
    ari = await startFakeAri()
    directory = await mkdtemp(join(tmpdir(), 'callweave-fill-'))
    await mkdir(join(directory, 'state'))
    port = await freePort(0)
    configFile = join(directory, 'config.json')
    const config = {
      service: { mode: 'watch', directory: join(directory, 'state') },
      webserver: { host: '127.0.0.1', port },
      asterisk: { ari: { url: ari.url, password: 'secret' } },
      crm: { url: sandbox.url, token: sandbox.token },
    }
    await writeFile(configFile, JSON.stringify(config))
  })
  afterAll(async () => {
    await sandbox?.[Symbol.asyncDispose]()
    await ari?.[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  })

  test('when the service is restarted in the middle of the first fill, then it goes on where it was and tells how far it is', async () => {
    const ticking = setInterval(() => sandbox.tick(), 5)
    try {
      const read = async (service: ServiceProcess) =>
        Number(Object(await service.status('contactIndex.fill')).read ?? 0)
      let before: number
      {
        await using service = startServiceProcess({ configFile, port })
        await service.waitReady(15_000)
        await eventually(async () => (await read(service)) >= 2_000, 20_000, 'the first fill did not begin')
        const { read: far, about } = Object(await service.status('contactIndex.fill'))
        expect(Math.abs(about / CONTACTS - 1)).toBeLessThan(0.2)
        before = far
        expect(await service.stop()).toBe(0)
      }
      sandbox.clearRequests()
      await using service = startServiceProcess({ configFile, port })
      const goesOn = await service.waitForLog(
        ({ msg, what }) => msg === 'the first fill goes on' && what === 'contacts',
        15_000,
      )
      expect(goesOn['read']).toBeGreaterThanOrEqual(before)
      const complete = async () => (await service.status('contactIndex.complete')) === true
      await eventually(complete, 30_000, 'the first fill was not completed')
      expect(await service.status('contactIndex.clients')).toBe(CONTACTS)
      const pages = sandbox
        .requests()
        .filter(({ path, query }) => path === '/api/v4/contacts' && /created_at/.test(query))
      expect(pages.length).toBeLessThan(CONTACTS / 250)
    } finally {
      clearInterval(ticking)
    }
  })
})
