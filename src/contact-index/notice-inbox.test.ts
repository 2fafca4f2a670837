import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectedCrm } from '../../test/_connected-crm.ts'
import { sortOut } from '../../test/_registration-stage.ts'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import { CrmThrottled } from '../crm/errors.ts'
import type { Crm } from '../crm/port.ts'
import type { Store } from '../store/ports.ts'
import { openStore } from '../store/sqlite/open-store.ts'
import { createNoticeInbox, type NoticeInbox } from './notice-inbox.ts'

const { signal } = new AbortController()
const KEY = '9221532327'
const PHONE = `+7${KEY}`

let folder: string
let store: Store
let sandbox: Sandbox
let inbox: NoticeInbox
let stop: AbortController
let running: Promise<void>
let looks: number
let lost: number

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-inbox-'))
  store = await openStore({ file: join(folder, 'state.db'), lingerMs: 0 })
})
afterAll(async () => {
  await store[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  looks = 0
  lost = 0
  open()
})
afterEach(async () => {
  stop.abort()
  await running
  for (const { kind, id } of await store.contactIndex.lookup(KEY)) await store.contactIndex.remove(kind, id)
  for (const { uid } of await store.contactIndex.incomingNumbers()) await store.contactIndex.forgetIncoming(uid)
  await sandbox[Symbol.asyncDispose]()
})

function open(change: Partial<Crm> = {}, marks = 1_000): void {
  stop = new AbortController()
  inbox = createNoticeInbox({
    crm: { ...connectedCrm(sandbox), ...change },
    index: store.contactIndex,
    leads: store.leads,
    country: 'RU',
    readChanges: async () => {
      looks += 1
    },
    deletionsLost: () => {
      lost += 1
    },
    now: Date.now,
    log: { info: () => undefined, warn: () => undefined },
    limits: { marks, gatherMs: 15 },
  })
  running = inbox.run(stop.signal)
}

async function until(reached: () => boolean | Promise<boolean>): Promise<void> {
  for (let n = 0; !(await reached()); n++) {
    if (n > 400) throw new Error('not reached within two seconds')
    await sleep(5)
  }
}
const tell = (list: string, event: string, ...ids: readonly number[]) =>
  inbox.take(ids.map((id, at) => `${list}[${event}][${at}][id]=${id}`).join('&'))
const names = async () => (await store.contactIndex.lookup(KEY)).map(({ name }) => name)
const leadsOf = (contact: number) => store.leads.openLeadsOf([{ kind: 'contact', id: contact }])
const known = (id: number) =>
  store.contactIndex.upsert([{ kind: 'contact', id, name: 'Иван', owner: 7000001, keys: [KEY], updatedAt: 1 }])
const incoming = async () => {
  const crm = connectedCrm(sandbox)
  const call = { uniq: 'main/1', phone: PHONE, startedAt: Date.now(), talkSeconds: 0, person: undefined }
  const where = { name: 'Звонок', line: '7001', lineName: 'Реклама', pipeline: undefined }
  const [made] = await crm.createIncomingLeads([{ ...call, ...where }], signal)
  if (made?.kind !== 'written' || made.contact === undefined) throw new Error('no incoming lead was made')
  const { uid, lead, contact } = made
  await store.contactIndex.rememberIncoming([{ key: KEY, uid, lead, contact }])
  sandbox.clearRequests()
  return { uid, lead, contact }
}

describe('given a webhook', () => {
  test('when it tells of a new contact, then the contact is known, and ten tellings cost one read', async () => {
    const id = sandbox.addContact({ name: 'Иван', phones: [PHONE] })
    for (let n = 0; n < 10; n++) tell('contacts', n % 2 ? 'update' : 'add', id)
    await until(async () => (await names()).length > 0)
    await sleep(40)
    expect(await names()).toEqual(['Иван'])
    expect(sandbox.requests()).toHaveLength(1)
  })

  test('when it tells of a deletion, then the contact leaves; one that is there all the same stays', async () => {
    const gone = sandbox.addContact({ name: 'Иван', phones: [PHONE] })
    const there = sandbox.addContact({ name: 'Пётр', phones: [PHONE] })
    await known(gone)
    sandbox.deleteContact(gone)
    tell('contacts', 'delete', gone, there)
    await until(async () => (await names()).join() === 'Пётр')
  })

  test('when a contact that only changed does not come, then it stays: the token may see less', async () => {
    await known(5)
    tell('contacts', 'update', 5)
    await until(() => inbox.status().read === 1)
    expect(await names()).toEqual(['Иван'])
  })

  test('when it tells of leads, then open ones are known with their clients, closed and deleted ones are not', async () => {
    const contact = sandbox.addContact({ name: 'Иван', phones: [PHONE] })
    const [open_, won, deleted] = [undefined, 142, undefined].map((status) =>
      sandbox.addLead({ name: 'Сделка', contacts: [contact], ...(status && { status }) }),
    )
    const stored = { name: 'Сделка', owner: 1, pipeline: 1, status: 1, open: true, updatedAt: 1 } as const
    await store.leads.upsertLeads(
      [won, deleted].map((id) => ({ ...stored, id: id ?? 0, clients: [{ kind: 'contact', id: contact }] })),
    )
    sandbox.deleteLead(deleted ?? 0)
    tell('leads', 'add', open_ ?? 0)
    tell('leads', 'status', won ?? 0)
    tell('leads', 'delete', deleted ?? 0)
    await until(async () => (await leadsOf(contact)).map(({ id }) => id).join() === String(open_))
  })

  test('when the CRM refuses the read, then it is tried again', async () => {
    stop.abort()
    await running
    let refusals = 0
    const crm = connectedCrm(sandbox)
    open({
      clientsById: async (...asked) => {
        refusals += 1
        if (refusals === 1) throw new CrmThrottled('slow down', 1)
        return await crm.clientsById(...asked)
      },
    })
    const id = sandbox.addContact({ name: 'Иван', phones: [PHONE] })
    tell('contacts', 'add', id)
    await until(async () => (await names()).length > 0)
    expect(refusals).toBe(2)
  })

  test('when nonsense comes, then nothing is asked for', async () => {
    for (const body of ['', 'x', '[[[', 'contacts[update][0][id]=-1', 'unsorted[update][0][uid]=aa', '{"a":1}'])
      inbox.take(body)
    await sleep(60)
    expect(sandbox.requests()).toHaveLength(0)
    expect(inbox.status()).toMatchObject({ deliveries: 6, read: 0 })
  })
})

describe('given a mass change', () => {
  beforeEach(async () => {
    stop.abort()
    await running
    open({}, 100)
  })

  test('when more is told than is kept, then changes are asked for once instead, and nothing grows', async () => {
    for (let n = 1; n <= 20_000; n += 10) tell('contacts', 'update', ...Array.from({ length: 10 }, (_, at) => n + at))
    expect(inbox.status().waiting).toBe(0)
    await until(() => looks === 1)
    await sleep(40)
    expect(inbox.status()).toMatchObject({ deliveries: 2_000, overflows: 1, waiting: 0 })
    expect(sandbox.requests()).toHaveLength(0)
  })

  test('when deletions are among them, then those are kept while they fit, and said to be lost when not', async () => {
    for (let n = 1; n <= 200; n++) tell('contacts', 'update', n)
    for (let n = 1; n <= 100; n++) tell('contacts', 'delete', n)
    expect([inbox.status().waiting, lost]).toEqual([100, 0])
    tell('contacts', 'delete', 101)
    expect([inbox.status().waiting, lost]).toEqual([100, 1])
  })

  test('when a delivery is too long to be read, then changes are asked for', async () => {
    inbox.takeUnread()
    await until(() => looks === 1)
  })
})

describe('given a number that waits among the incoming leads', () => {
  const tellUnsorted = (uid: string, action: string) =>
    inbox.take(`unsorted[update][0][uid]=${uid}&unsorted[update][0][action]=${action}`)
  const waiting = () => store.contactIndex.incoming(KEY)

  test('when it was accepted, then its contact is a client, its lead is open, and it waits no longer', async () => {
    const { uid, lead, contact } = await incoming()
    await sortOut(sandbox, uid, 'accept')
    tellUnsorted(uid, 'accept')
    await until(async () => (await waiting()) === undefined)
    expect((await store.contactIndex.lookup(KEY)).map(({ id }) => id)).toEqual([contact])
    expect((await leadsOf(contact)).map(({ id }) => id)).toEqual([lead])
  })

  test('when only a change of its contact is told, then that is enough', async () => {
    const { uid, contact } = await incoming()
    await sortOut(sandbox, uid, 'accept')
    tell('contacts', 'update', contact)
    await until(async () => (await waiting()) === undefined)
    expect(await names()).toHaveLength(1)
  })

  test('when it was declined, then nothing is left of it', async () => {
    const { uid } = await incoming()
    await sortOut(sandbox, uid, 'decline')
    tellUnsorted(uid, 'decline')
    await until(async () => (await waiting()) === undefined)
    expect(await names()).toEqual([])
  })

  test('when only the end of its lead is told, then that is enough, too', async () => {
    const { uid, lead } = await incoming()
    await sortOut(sandbox, uid, 'decline')
    tell('leads', 'delete', lead)
    await until(async () => (await waiting()) === undefined)
  })

  test('when the hook tells of the lead that was just made, then it is read once and goes on waiting', async () => {
    const { lead, uid } = await incoming()
    tell('leads', 'add', lead)
    await until(() => inbox.status().read === 1)
    await sleep(30)
    expect(sandbox.requests().filter(({ path }) => path.includes('/leads')).length).toBeLessThanOrEqual(2)
    expect(await waiting()).toMatchObject({ uid })
  })

  test('when somebody says so who cannot know, then the CRM is asked and it goes on waiting', async () => {
    const { uid } = await incoming()
    tellUnsorted(uid, 'accept')
    await until(() => sandbox.requests().length > 0)
    await sleep(30)
    expect(await waiting()).toMatchObject({ uid })
  })

  test('when the number of somebody else is told, then nothing happens', async () => {
    await incoming()
    tellUnsorted('ff00', 'accept')
    await sleep(40)
    expect(sandbox.requests()).toHaveLength(0)
  })
})
