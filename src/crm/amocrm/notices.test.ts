import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import * as errors from '../errors.ts'
import type { CrmNotice } from '../notices.ts'
import { decodePhpForm, textIn } from './php-form.ts'
import { readNotices } from './read-notices.ts'

const { signal } = new AbortController()
const account = 30012345
const form = (pairs: Readonly<Record<string, string>>) => new URLSearchParams(pairs).toString()
const entity = (kind: 'contact' | 'company' | 'lead', id: number) => ({ kind, id })

describe('a form with PHP’s brackets', () => {
  test('nests, keeps indexes with gaps, counts empty ones on', () => {
    const read = decodePhpForm('a[b][7][c]=x&a[b][2][c]=y&l[]=1&l[]=2&plain=z')
    assert.equal(textIn(read, 'a', 'b', '7', 'c'), 'x')
    assert.equal(textIn(read, 'a', 'b', '2', 'c'), 'y')
    assert.deepEqual([textIn(read, 'l', '0'), textIn(read, 'l', '1'), textIn(read, 'plain')], ['1', '2', 'z'])
  })

  test('given nonsense, then what fits is kept and nothing breaks', () => {
    const deep = `d${'[x]'.repeat(5000)}=1`
    const read = decodePhpForm(`a=1&a[b]=2&c[d=3&[e]=4&__proto__[x]=5&constructor[prototype][y]=6&${deep}&%E0%A4%A=7`)
    assert.equal(textIn(read, 'a'), '1')
    assert.equal(textIn(read, '__proto__', 'x'), '5')
    assert.equal(Reflect.get({}, 'x'), undefined)
    assert.equal(textIn(read, 'd'), undefined)
  })

  test('given a body made to keep us busy, then it does not', () => {
    const started = performance.now()
    decodePhpForm('a[b][c][d]=x&'.repeat(100_000))
    decodePhpForm(`${'['.repeat(200_000)}=1`)
    assert.ok(performance.now() - started < 1000)
  })
})

describe('what a delivery says', () => {
  test('a company comes as a contact with its type, a change of owner is a change', () => {
    const body = form({
      'contacts[update][0][id]': '501',
      'contacts[update][0][type]': 'contact',
      'contacts[update][0][old_responsible_user_id]': '7000001',
      'contacts[update][1][id]': '801',
      'contacts[update][1][type]': 'company',
      'contacts[delete][0][id]': '502',
      'contacts[delete][0][type]': 'company',
      'leads[status][0][id]': '901',
      'leads[responsible][0][id]': '901',
      'leads[delete][3][id]': '902',
      'account[id]': String(account),
    })
    assert.deepEqual(readNotices(body, account), [
      { kind: 'changed', entity: entity('contact', 501) },
      { kind: 'changed', entity: entity('company', 801) },
      { kind: 'deleted', entity: entity('company', 502) },
      { kind: 'changed', entity: entity('lead', 901) },
      { kind: 'deleted', entity: entity('lead', 902) },
    ] satisfies CrmNotice[])
  })

  test('incoming leads are added, accepted, declined or deleted; tasks are named', () => {
    const body = form({
      'unsorted[add][0][uid]': 'a1',
      'unsorted[add][0][lead_id]': '901',
      'unsorted[update][0][uid]': 'a2',
      'unsorted[update][0][action]': 'accept',
      'unsorted[delete][0][uid]': 'a3',
      'unsorted[delete][0][action]': 'decline',
      'unsorted[delete][1][uid]': 'a4',
      'task[update][0][id]': '31',
      'task[delete][0][id]': '32',
    })
    assert.deepEqual(readNotices(body, undefined), [
      { kind: 'task', id: 31 },
      { kind: 'task', id: 32 },
      { kind: 'incoming', uid: 'a1', what: 'added', lead: 901 },
      { kind: 'incoming', uid: 'a2', what: 'accepted' },
      { kind: 'incoming', uid: 'a3', what: 'declined' },
      { kind: 'incoming', uid: 'a4', what: 'deleted' },
    ])
  })

  test('of another account, without ids or in JSON is left out', () => {
    const other = form({ 'contacts[update][0][id]': '501', 'account[id]': '1' })
    const nameless = form({ 'contacts[update][0][name]': 'x', 'leads[add][0][id]': '1e3', 'contacts[delete]': '5' })
    for (const body of [other, nameless, '{"contacts":{"update":[{"id":501}]}}', ''])
      assert.deepEqual(readNotices(body, account), [], body)
  })
})

describe('webhooks of the sandbox', () => {
  let sandbox: Sandbox
  const bodies: string[] = []
  const receiver = createServer(async (request, response) => {
    bodies.push((await request.toArray()).join(''))
    response.end()
  })
  let url: string
  beforeEach(async () => {
    bodies.length = 0
    sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const address = receiver.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/crm/webhook/secret`
  })
  afterEach(async () => {
    receiver.closeAllConnections()
    await new Promise((resolve) => receiver.close(resolve))
    await sandbox[Symbol.asyncDispose]()
  })

  test('are subscribed once, and again when they were disabled', async () => {
    const crm = connectedCrm(sandbox)
    assert.equal(await crm.subscribe(url, signal), 'subscribed')
    assert.equal(await crm.subscribe(url, signal), 'was there')
    sandbox.webhooks.disable(url)
    assert.equal(await crm.subscribe(url, signal), 'subscribed')
    assert.deepEqual(
      sandbox.webhooks.subscriptions().map(({ disabled }) => disabled),
      [false],
    )
  })

  test('given a manager’s token, then the refusal says what to do', async () => {
    const manager = connectedCrm(sandbox, { token: sandbox.issueToken({ user: 7000002, admin: false }) })
    await assert.rejects(manager.subscribe(url, signal), (error) => {
      assert.ok(error instanceof errors.CrmForbidden)
      assert.match(error.message, /let an administrator/)
      return true
    })
  })

  test('what people do arrives as notices: changes, deletions, a merge, an acceptance', async () => {
    const crm = connectedCrm(sandbox)
    await crm.account(signal)
    const [winner, loser] = [sandbox.addContact({ name: 'А' }), sandbox.addContact({ name: 'Б' })]
    const company = sandbox.addCompany({ name: 'Ромашка' })
    const lead = sandbox.addLead({ name: 'Сделка' })
    await crm.subscribe(url, signal)
    sandbox.editContact(winner, { name: 'Анна', owner: 7000002 })
    sandbox.mergeContacts(loser, winner)
    sandbox.deleteCompany(company)
    sandbox.moveLead(lead, { status: 142 })
    await sandbox.webhooks.settled()
    const notices = bodies.flatMap((body) => crm.read(body)).map((notice) => JSON.stringify(notice))
    for (const expected of [
      { kind: 'changed', entity: entity('contact', winner) },
      { kind: 'deleted', entity: entity('contact', loser) },
      { kind: 'deleted', entity: entity('company', company) },
      { kind: 'changed', entity: entity('lead', lead) },
    ] satisfies CrmNotice[]) {
      assert.ok(notices.includes(JSON.stringify(expected)), `${JSON.stringify(expected)} in ${notices.join('\n')}`)
    }
  })
})
