import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import * as errors from '../errors.ts'
import type { Crm, WriteOutcome } from '../port.ts'

const { signal } = new AbortController()

let sandbox: Sandbox
let crm: Crm
beforeEach(async () => {
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 } })
  crm = connectedCrm(sandbox)
})
afterEach(() => sandbox[Symbol.asyncDispose]())

const only = ([outcome]: readonly WriteOutcome[]): WriteOutcome => outcome ?? assert.fail('no outcome')

const failure = (outcomes: readonly WriteOutcome[]): errors.CrmError => {
  const outcome = only(outcomes)
  return outcome.kind === 'failed' ? outcome.error : assert.fail(`not failed but ${outcome.kind}`)
}

describe('what a failing CRM means for a write', () => {
  const write = (through = crm) => through.createContacts([{ name: 'А', phone: '+79221532327' }], signal)
  const fault = sandboxFault

  function sandboxFault(action: Parameters<Sandbox['fault']>[0]['do']) {
    sandbox.fault({ match: { method: 'POST' }, do: action })
  }

  test('429: not written, the account rests, longer every time', async () => {
    let now = Date.now()
    const patient = connectedCrm(sandbox, { now: () => now })
    const rests: (number | undefined)[] = []
    for (let n = 0; n < 3; n++) {
      fault({ kind: 'throttled' })
      const error = failure(await write(patient))
      assert.ok(error instanceof errors.CrmThrottled)
      assert.equal(error.written, 'no')
      rests.push(error.restMs)
      now += error.restMs ?? 0
    }
    assert.deepEqual(rests, [1000, 2000, 4000])
    assert.equal(only(await write(patient)).kind, 'written')
    fault({ kind: 'throttled' })
    assert.equal(failure(await write(patient)).restMs, 1000)
  })

  test('while the account rests no request leaves', async () => {
    fault({ kind: 'blocked', ms: 60_000 })
    assert.ok(failure(await write()) instanceof errors.CrmBlocked)
    sandbox.clearRequests()
    assert.ok(failure(await write()) instanceof errors.CrmBlocked)
    await assert.rejects(crm.account(signal), errors.CrmBlocked)
    assert.equal(sandbox.requests().length, 0)
  })

  test('401 and 402 rest the account too, and nothing was written', async () => {
    fault({ kind: 'unauthorized' })
    const unauthorised = failure(await write())
    fault({ kind: 'unpaid' })
    const unpaid = failure(await write(connectedCrm(sandbox)))
    assert.ok(unauthorised instanceof errors.CrmUnauthorised && unauthorised.restMs && unauthorised.written === 'no')
    assert.ok(unpaid instanceof errors.CrmUnpaid && unpaid.restMs && unpaid.written === 'no')
  })

  test('500, 504, a reset, no answer and broken JSON may have been written; 504 and no answer were too heavy', async () => {
    const impatient = connectedCrm(sandbox, { totalMs: 400 })
    const met: [string, string, boolean][] = []
    for (const kind of ['server-error', 'gateway-timeout', 'reset', 'hang', 'malformed'] as const) {
      fault({ kind })
      const error = failure(await write(kind === 'hang' ? impatient : crm))
      met.push([error.name, error.written, error.tooHeavy])
    }
    assert.deepEqual(met, [
      ['CrmOutcomeUnknown', 'maybe', false],
      ['CrmOutcomeUnknown', 'maybe', true],
      ['CrmOutcomeUnknown', 'maybe', false],
      ['CrmOutcomeUnknown', 'maybe', true],
      ['CrmAnswerMalformed', 'maybe', false],
    ])
  })

  test('a refused connection wrote nothing', async () => {
    const closed = await unusedPort()
    const error = failure(await write(connectedCrm(sandbox, { account: `http://127.0.0.1:${closed}` })))
    assert.ok(error instanceof errors.CrmUnreachable)
    assert.equal(error.written, 'no')
  })

  test('stopped before it is sent it wrote nothing; stopped while waiting for the answer it may have', async () => {
    const before = await crm.createContacts([{ name: 'А', phone: '+79221532327' }], AbortSignal.abort())
    assert.equal(failure(before).written, 'no')
    assert.equal(sandbox.requests().length, 0)
    fault({ kind: 'hang' })
    const stop = new AbortController()
    const during = crm.createContacts([{ name: 'А', phone: '+79221532327' }], stop.signal)
    while (sandbox.requests().length === 0) await sleep(2)
    stop.abort()
    assert.equal(failure(await during).written, 'maybe')
  })

  test('beyond the pace amoCRM itself refuses, and that is a pause like any other', async () => {
    await using strict = await startSandbox()
    const hasty = connectedCrm(sandbox, { account: strict.url, token: strict.token })
    const answers = await Promise.allSettled(Array.from({ length: 12 }, () => hasty.account(signal)))
    const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
    assert.ok(refused.length > 0 && refused.every((error) => error instanceof errors.CrmThrottled))
  })
})

async function unusedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address ? address.port : assert.fail('no port')
}
