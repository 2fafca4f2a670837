import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectedCrm } from '../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../test/amocrm-sandbox/sandbox.ts'
import { createSubscription } from './subscription.ts'

const ADDRESS = 'http://127.0.0.1:9/crm/webhook/very-secret'
let sandbox: Sandbox
let clock: number
let told: string
let stop: AbortController
let running: Promise<void>

beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  clock = Date.now()
  told = ''
  stop = new AbortController()
  running = Promise.resolve()
})
afterEach(async () => {
  stop.abort()
  await running
  await sandbox[Symbol.asyncDispose]()
})

function begin(token = sandbox.token, everyMs = 60_000) {
  const tell = (fields: object, message: string) => {
    told += `${JSON.stringify(fields)} ${message}\n`
  }
  const subscription = createSubscription({
    crm: connectedCrm(sandbox, { token }),
    address: async () => ADDRESS,
    now: () => clock,
    log: { info: tell, warn: tell },
    pace: { everyMs, failureRestMs: 5 },
  })
  running = subscription.run(stop.signal)
  return subscription
}
async function until(reached: () => boolean): Promise<void> {
  for (let n = 0; !reached(); n++) {
    if (n > 400) throw new Error('not reached within two seconds')
    await sleep(5)
  }
}
const enabled = () => sandbox.webhooks.subscriptions().filter(({ disabled }) => !disabled)

describe('given an address the CRM can reach', () => {
  test('then the webhook is set up once, and its secret is told nobody', async () => {
    const subscription = begin(undefined, 5)
    await until(() => subscription.status().state === 'set up')
    await sleep(30)
    expect(sandbox.webhooks.subscriptions()).toMatchObject([{ destination: ADDRESS }])
    expect(sandbox.requests().filter(({ method }) => method === 'POST')).toHaveLength(1)
    expect(`${told}${JSON.stringify(subscription.status())}`).not.toContain('very-secret')
  })

  test('when the CRM has switched it off, then the next look switches it on', async () => {
    begin(undefined, 5)
    await until(() => enabled().length === 1)
    sandbox.webhooks.disable(ADDRESS)
    await until(() => enabled().length === 1)
  })

  test('when changes come that nobody told, then it looks at once, but not again and again', async () => {
    const subscription = begin()
    await until(() => subscription.status().state === 'set up')
    sandbox.webhooks.disable(ADDRESS)
    subscription.doubt()
    await sleep(30)
    expect(enabled()).toHaveLength(0)
    clock += 700_000
    subscription.doubt()
    await until(() => enabled().length === 1)
  })

  test('when the token may not, then it says so once with the cure', async () => {
    const subscription = begin(sandbox.issueToken({ user: 7_000_002, admin: false }), 5)
    await until(() => subscription.status().state === 'forbidden')
    await sleep(30)
    expect(subscription.status().trouble).toMatch(/administrator of the account/)
    expect(told.split('\n').filter((line) => line.includes('could not be set up'))).toHaveLength(1)
  })

  test('when the CRM is away, then it is tried again', async () => {
    sandbox.fault({ match: { path: '/api/v4/webhooks' }, times: 2, do: { kind: 'server-error' } })
    const subscription = begin()
    await until(() => subscription.status().state === 'set up')
    expect(enabled()).toHaveLength(1)
  })
})
