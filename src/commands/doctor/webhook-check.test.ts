import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import { webhookFindings } from './webhook-check.ts'

const { signal } = new AbortController()
const PUBLIC = 'http://127.0.0.1:9/'
const ADDRESS = 'http://127.0.0.1:9/crm/webhook/very-secret'
let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
})
afterEach(() => sandbox[Symbol.asyncDispose]())

async function said(token = sandbox.token, publicUrl: string | undefined = PUBLIC): Promise<readonly string[]> {
  const crm = { url: sandbox.url, requestsPerSecond: 6, inFlight: 6, keepDays: 90, refreshSeconds: 30 }
  const webhook = publicUrl === undefined ? {} : { publicUrl }
  const found = await webhookFindings(connectedCrm(sandbox, { token }), { crm: { ...crm, webhook } }, signal)
  return found.map(({ level, says }) => `${level}: ${says}`)
}

test('given a webhook, then it is told whether it is set up, and its secret is not', async () => {
  expect(await said()).toEqual(['warning: not set up yet'])
  await connectedCrm(sandbox).subscribe(ADDRESS, signal)
  expect(await said()).toEqual(['ok: set up: amoCRM tells changes by itself'])
  sandbox.webhooks.disable(ADDRESS)
  const [off] = await said()
  expect(off).toMatch(/^warning: amoCRM has switched the webhook off/)
})

test('given a token without the right to look, then nothing is said: the missing right is told already', async () => {
  expect(await said(sandbox.issueToken({ user: 7_000_002, admin: false }))).toEqual([])
})
