import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import { checkConfig } from '../../config/load.ts'
import { crmCheck } from './crm-check.ts'
import type { Finding } from './finding.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
})
afterEach(() => sandbox[Symbol.asyncDispose]())

async function findings(token: string, people: readonly unknown[] = []): Promise<readonly Finding[]> {
  const crm = { url: sandbox.url, token }
  const config = checkConfig({ asterisk: { ari: { password: 'p' } }, crm, staff: { people } }, 'config.json')
  return crmCheck(connectedCrm(sandbox, { token }), config)(new AbortController().signal)
}
const said = (found: readonly Finding[]) => found.map(({ level, subject, says }) => `${level} ${subject}: ${says}`)

describe('given an account that takes the token', () => {
  test('when its user is no administrator, then that is a failure, for clients would be missed; the rest is still told', async () => {
    const found = await findings(sandbox.issueToken({ user: 7000002, admin: false }))
    expect(said(found)).toEqual([
      'ok amoCRM: account "Acme" (acme) takes the token',
      "ok clock: amoCRM's clock and ours agree within 5 s",
      "failure amoCRM: the token's user (7000002) is no administrator: clients this user may not see look like deleted ones",
    ])
    expect(found.at(-1)?.cure).toBe('let an administrator of the account make the token and set crm.token')
  })

  test('when people are configured that it does not know, then they are named', async () => {
    const found = await findings(sandbox.token, [
      { extension: '101', name: 'Анна Смирнова', user: 7000001 },
      { extension: '102', name: 'Борис Кузнецов', user: 7999999 },
      { extension: '103', user: 7999998 },
    ])
    expect(said(found).slice(2)).toEqual([
      'failure people: staff.people.1.user (Борис Кузнецов): amoCRM has no user 7999999',
      'failure people: staff.people.2.user: amoCRM has no user 7999998',
    ])
  })
})

test('given a token nobody knows, when looked at, then one line says what to do', async () => {
  const found = await findings('a-wrong-token')
  expect(found).toHaveLength(1)
  expect(found[0]?.cure).toMatch(/make a new long-lived token/)
})
