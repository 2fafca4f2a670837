import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import type { Crm, NewIncomingLead } from '../port.ts'
import { createAmocrm } from './amocrm.ts'
import { longLivedToken } from './long-lived-token.ts'
import type { HttpAnswer, Transport } from './transport.ts'

const { signal } = new AbortController()
const start = Date.parse('2026-11-20T08:52:34Z')

let sandbox: Sandbox
let crm: Crm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = connectedCrm(sandbox)
})
afterEach(() => sandbox[Symbol.asyncDispose]())

function lead(change: Partial<NewIncomingLead> = {}): NewIncomingLead {
  return {
    name: 'Звонок +79221532327',
    uniq: 'main/17.2',
    phone: '+79221532327',
    startedAt: start,
    talkSeconds: 8,
    person: 7000001,
    line: '7001',
    lineName: 'Реклама',
    pipeline: undefined,
    ...change,
  }
}
async function made(...leads: readonly NewIncomingLead[]) {
  const outcomes = await crm.createIncomingLeads(leads, signal)
  return outcomes.map((outcome) => (outcome.kind === 'written' ? outcome : assert.fail(JSON.stringify(outcome))))
}

describe('an incoming lead of a call', () => {
  test('comes with its contact, who has the number, and with the call note', async () => {
    const [written] = await made(lead())
    const [stored] = sandbox.unsorted()
    const [contact] = sandbox.contacts()
    const { kind: _, ...ids } = written ?? assert.fail()
    assert.deepEqual(ids, { uid: stored?.uid, lead: stored?.lead, contact: contact?.id })
    assert.deepEqual([contact?.name, contact?.phones], ['Звонок +79221532327', ['+79221532327']])
    assert.equal(sandbox.leads()[0]?.name, 'Звонок +79221532327')
    const { called_at, duration, from, phone } = stored?.metadata ?? {}
    assert.deepEqual([stored?.sourceUid, stored?.sourceName], ['7001', 'Реклама'])
    assert.deepEqual([called_at, duration, from, phone], [start / 1000, 8, 'Реклама', '+79221532327'])
    assert.deepEqual(
      sandbox.callNotes().map(({ uniq, seconds, responsible }) => ({ uniq, seconds, responsible })),
      [{ uniq: 'main/17.2', seconds: 8, responsible: 7000001 }],
    )
  })

  test('goes into the pipeline it is told, and one that does not exist refuses its item only', async () => {
    await made(lead({ pipeline: 4400 }))
    assert.equal(sandbox.unsorted()[0]?.pipeline, 4400)
    const outcomes = await crm.createIncomingLeads([lead({ pipeline: 1, uniq: 'a' }), lead({ uniq: 'b' })], signal)
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['refused', 'written'],
    )
  })

  test('of somebody who was dismissed names nobody', async () => {
    const [written] = await made(lead({ person: 7000009 }))
    assert.equal(written?.without, 'user')
    assert.equal(sandbox.callNotes()[0]?.responsible, undefined)
  })
})

describe('what became of it', () => {
  const accept = (uid: string) => sort('POST', uid, 'accept')
  const decline = (uid: string) => sort('DELETE', uid, 'decline')

  test('it waits until somebody accepts or declines it', async () => {
    const uids = (await made(lead(), lead({ uniq: 'b' }), lead({ uniq: 'c' }))).map(({ uid }) => uid)
    assert.deepEqual(await crm.stillIncoming(uids, signal), new Set(uids))
    await accept(uids[0] ?? '')
    await decline(uids[1] ?? '')
    assert.deepEqual(await crm.stillIncoming(uids, signal), new Set([uids[2]]))
    assert.deepEqual(await crm.stillIncoming([uids[0] ?? '', 'unknown'], signal), new Set())
  })

  test('it is proven by its uniq, and by its note once it was accepted', async () => {
    const since = Date.now() - 10_000
    const [first] = await made(lead(), lead({ uniq: 'main/18.1' }))
    const found = await crm.incomingLeadsSince(since, signal)
    assert.deepEqual(found.map(({ uniq }) => uniq).toSorted(), ['main/17.2', 'main/18.1'])
    assert.deepEqual(await crm.incomingLeadsSince(Date.now() + 60_000, signal), [])
    await accept(first?.uid ?? '')
    assert.deepEqual(
      (await crm.incomingLeadsSince(since, signal)).map(({ uniq }) => uniq),
      ['main/18.1'],
    )
    const notes = await crm.leadCallNotesSince(since, signal)
    assert.ok(notes.some(({ uniq, entity }) => uniq === 'main/17.2' && entity.id === first?.lead))
  })

  test('its contact is no client before, and one after', async () => {
    const [first] = await made(lead())
    const ref = { kind: 'contact', id: first?.contact ?? 0 } as const
    assert.deepEqual(await crm.clientsById([ref], signal), [])
    await accept(first?.uid ?? '')
    assert.deepEqual((await crm.clientsById([ref], signal))[0]?.phones, ['+79221532327'])
  })

  async function sort(method: string, uid: string, how: string): Promise<void> {
    const headers = { authorization: `Bearer ${sandbox.token}` }
    const answer = await fetch(`${sandbox.url}/api/v4/leads/unsorted/${uid}/${how}`, { method, headers })
    assert.equal(answer.status, 200)
  }
})

describe('whether incoming leads are taken', () => {
  test('the sandbox takes them in its pipeline and not in one it does not have', async () => {
    assert.equal(await crm.takesIncomingLeads(undefined, signal), true)
    assert.equal(await crm.takesIncomingLeads(4400, signal), true)
    assert.equal(await crm.takesIncomingLeads(1, signal), false)
  })

  test('not where the account or the pipeline has them switched off', async () => {
    assert.equal(await takes({ account: false, pipeline: true }), false)
    assert.equal(await takes({ account: true, pipeline: false }), false)
    assert.equal(await takes({ account: true, pipeline: true }), true)
  })

  function takes(on: { readonly account: boolean; readonly pipeline: boolean }): Promise<boolean> {
    const through = answering(({ pathname }) =>
      pathname.endsWith('/account')
        ? { id: 1, name: 'А', subdomain: 'a', current_user_id: 7, is_unsorted_on: on.account }
        : { _embedded: { pipelines: [{ id: 4400, is_main: true, is_unsorted_on: on.pipeline }] } },
    )
    return through.takesIncomingLeads(undefined, signal)
  }
})

/** The adapter before an account that answers everything with that JSON. */
function answering(json: (url: URL) => unknown): Crm {
  const transport: Transport = async ({ url }) => {
    const text = JSON.stringify(json(url))
    return { status: 200, type: 'application/hal+json', headers: {}, text } satisfies HttpAnswer
  }
  const pace = { run: <T>(_urgency: unknown, request: () => Promise<T>) => request() }
  const log = { warn: () => undefined }
  return createAmocrm({
    tokens: longLivedToken({ account: 'acme', token: 't' }),
    source: 'Callweave',
    country: 'RU',
    pace,
    now: Date.now,
    log,
    transport,
  })
}

test('given an account that ignores the filter by id, then the absence of a client is not believed', async () => {
  const contact = { id: 502, name: 'Б', responsible_user_id: 1, created_at: 1, updated_at: 1 }
  const through = answering(() => ({ _embedded: { contacts: [contact] } }))
  await assert.rejects(through.clientsById([{ kind: 'contact', id: 501 }], signal), { name: 'CrmAnswerMalformed' })
})

test('given clients by id, then those in the trash do not come', async () => {
  const id = sandbox.addContact({ name: 'А', phones: ['+79221532327'] })
  const gone = sandbox.addContact({ name: 'Б' })
  const firm = sandbox.addCompany({ name: 'В' })
  sandbox.deleteContact(gone)
  const refs = [
    { kind: 'contact', id },
    { kind: 'contact', id: gone },
    { kind: 'company', id: firm },
  ] as const
  const found = await crm.clientsById(refs, signal)
  assert.deepEqual(
    found.map((client) => [client.kind, client.id]),
    [
      ['contact', id],
      ['company', firm],
    ],
  )
})

test('given open tasks, a completed one is not among them', async () => {
  const id = sandbox.addContact({ name: 'А' })
  const entity = { kind: 'contact', id } as const
  const task = { entity, text: 'Перезвонить', owner: 7000001, deadline: start }
  await crm.createTasks([task, { ...task, text: 'Ещё раз' }], signal)
  const [first] = sandbox.tasks()
  const answer = await fetch(`${sandbox.url}/api/v4/tasks/${first?.id}`, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ is_completed: true, result: { text: 'ок' } }),
  })
  assert.equal(answer.status, 200)
  assert.deepEqual(
    (await crm.openTasksOn([entity], signal)).map(({ text }) => text),
    ['Ещё раз'],
  )
})
