import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import * as errors from '../errors.ts'
import type { Crm } from '../port.ts'

const { signal } = new AbortController()

let sandbox: Sandbox
let crm: Crm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = connectedCrm(sandbox)
})
afterEach(() => sandbox[Symbol.asyncDispose]())

describe('the account', () => {
  test('tells who we are and whether clocks agree', async () => {
    const account = await crm.account(signal)
    assert.deepEqual(
      { ...account, clockSkewMs: Math.abs(account.clockSkewMs) < 1500 },
      { id: 30012345, name: 'Acme', subdomain: 'acme', currentUser: 7000001, unsorted: true, clockSkewMs: true },
    )
  })

  test('a clock that is wrong by an hour is told', async () => {
    const { clockSkewMs } = await connectedCrm(sandbox, { now: () => Date.now() - 3_600_000 }).account(signal)
    assert.ok(Math.abs(clockSkewMs - 3_600_000) < 1500, String(clockSkewMs))
  })

  test('given an administrator’s token, users come with who is dismissed', async () => {
    const users = await crm.users(signal)
    assert.ok(users.some((user) => user.id === 7000001 && user.active))
    assert.ok(users.every((user) => user.id !== 7000009 || !user.active))
  })

  test('given a manager’s token, the users’ list is forbidden and nothing else is', async () => {
    const manager = connectedCrm(sandbox, { token: sandbox.issueToken({ user: 7000002, admin: false }) })
    await assert.rejects(manager.users(signal), errors.CrmForbidden)
    assert.equal((await manager.account(signal)).currentUser, 7000002)
  })

  test('an address a token must not be sent to is refused at once', () => {
    for (const account of ['http://acme.amocrm.ru', 'ftp://x', 'http://127.0.0.1.evil.example', '']) {
      assert.throws(() => connectedCrm(sandbox, { account }), RangeError, account)
    }
  })
})

describe('finding clients by phone', () => {
  test('any spelling in the CRM is found by the normalised number', async () => {
    for (const phone of ['+7 (922) 153-23-27', '8 922 153 23 27', '79221532327', '8(922)1532327']) {
      const id = sandbox.addContact({ name: phone, phones: [phone] })
      const found = await crm.findClientsByPhone('+79221532327', signal)
      assert.ok(
        found.some((client) => client.id === id),
        phone,
      )
    }
  })

  test('digits in a name are no phone', async () => {
    sandbox.addContact({ name: 'Заказ 9221532327', phones: ['+79990000000'] })
    assert.deepEqual(await crm.findClientsByPhone('+79221532327', signal), [])
  })

  test('contacts come before companies, each oldest first', async () => {
    const company = sandbox.addCompany({ name: 'Ромашка', phones: ['89221532327'], createdAt: 100 })
    const younger = sandbox.addContact({ name: 'Б', phones: ['89221532327'], createdAt: 300 })
    const older = sandbox.addContact({ name: 'А', phones: ['89221532327'], createdAt: 200 })
    const found = await crm.findClientsByPhone('+79221532327', signal)
    assert.deepEqual(
      found.map(({ kind, id }) => [kind, id]),
      [
        ['contact', older],
        ['contact', younger],
        ['company', company],
      ],
    )
  })

  test('nobody there is an empty list', async () => {
    assert.deepEqual(await crm.findClientsByPhone('+79221532327', signal), [])
  })
})
