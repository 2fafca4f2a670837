import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import { checkConfig } from '../../config/load.ts'
import { crmCheck } from './crm-check.ts'
import type { Finding } from './finding.ts'
import { tokenFindings } from './token-check.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
})
afterEach(() => sandbox[Symbol.asyncDispose]())

async function findings(
  token: string,
  people: readonly unknown[] = [],
  others: object = {},
): Promise<readonly Finding[]> {
  const crm = { url: sandbox.url, token }
  const config = checkConfig({ asterisk: { ari: { password: 'p' } }, crm, staff: { people }, ...others }, 'config.json')
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
      'ok rules: the CRM knows every pipeline, stage and field they name',
    ])
    expect(found.at(-2)?.cure).toBe('let an administrator of the account make the token and set crm.token')
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
      'ok rules: the CRM knows every pipeline, stage and field they name',
    ])
  })

  test('when rules name what it does not know, then each place is told; what it knows is not', async () => {
    const lead = { pipeline: 4400, status: 44001 }
    const right = { lead, leadFields: [{ field: 11201, value: '{phone}' }], stages: [{ pipeline: 4400, status: 142 }] }
    const rules = {
      incomingKnown: { ...right, contactFields: [{ field: 'POSITION', value: 'x' }] },
      missedKnown: { lead: { status: 44000 }, leadFields: [{ field: 99, value: 'x' }] },
      missedUnknown: { lead: { pipeline: 5 }, stages: [{ pipeline: 4400, status: 7 }] },
    }
    const line = {
      did: '7001',
      pipeline: 6,
      rules: { incomingUnknown: { contactFields: [{ field: 'NO', value: 'x' }] } },
    }
    const found = await findings(sandbox.token, [], { rules, lines: [line] })
    expect(said(found.filter(({ subject }) => subject === 'rules')).toSorted()).toEqual([
      'failure rules: lines.0.pipeline: the CRM has no pipeline 6, or it is archived',
      'failure rules: rules.missedKnown.lead.status: pipeline "Воронка" has no open stage 44000',
      'failure rules: rules.missedUnknown.lead.pipeline: the CRM has no pipeline 5, or it is archived',
      'warning rules: lines.0.rules.incomingUnknown.contactFields.0: the CRM has no field NO',
      'warning rules: rules.missedKnown.leadFields.0: the CRM has no field 99',
      'warning rules: rules.missedUnknown.stages.0: the CRM has no stage 7 in pipeline 4400',
    ])
  })
})

test('given a token nobody knows, when looked at, then one line says what to do', async () => {
  const found = await findings('a-wrong-token')
  expect(found).toHaveLength(1)
  expect(found[0]?.cure).toMatch(/make a new long-lived token/)
})

test('given a token that ends within two weeks, when looked at, then there is still time to make another', () => {
  const now = Date.parse('2026-11-20T00:00:00Z')
  const status = { kind: 'long-lived', host: 'acme.amocrm.ru', needsPerson: undefined } as const
  const days = (count: number) => tokenFindings({ ...status, expiresAt: now + count * 86_400_000 }, now)
  expect(said(days(13))).toEqual(['warning amoCRM: the long-lived token ends on 2026-12-03'])
  expect(days(15)).toEqual([])
  expect(tokenFindings({ ...status, expiresAt: undefined }, now)).toEqual([])
})
