import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { FaultAction } from '../amocrm-sandbox/transport/faults.ts'
import { type Stage, setStage } from '../stage/stage.ts'

/** Proof of absence takes two looks, thirty seconds apart from the failure; several failures in a row take their time. */
const SETTLE_MS = 300_000

const failures: readonly (readonly [string, FaultAction])[] = [
  ['429', { kind: 'throttled' }],
  ['500 and not executed', { kind: 'server-error' }],
  ['500 though executed', { kind: 'server-error', execution: 'executed' }],
  ['504 and not executed', { kind: 'gateway-timeout' }],
  ['504 though executed', { kind: 'gateway-timeout', execution: 'executed' }],
  ['504, executed twenty seconds later', { kind: 'gateway-timeout', execution: { executedAfterMs: 20_000 } }],
  ['a reset before execution', { kind: 'reset' }],
  ['a reset after execution', { kind: 'reset', execution: 'executed' }],
  ['half an answer', { kind: 'malformed' }],
]

describe.each(['22', '16'] as const)('given Asterisk %s and a CRM that fails in every way it can', (asterisk) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await setStage({ asterisk })
    await stage.start()
  })
  afterAll(() => stage?.[Symbol.asyncDispose]())

  test('when unknown clients call through each failure of each write, then nothing is lost and nothing is doubled', {
    timeout: SETTLE_MS + 120_000,
  }, async () => {
    const phones: string[] = []
    let subscriber = 0
    for (const path of ['/api/v4/contacts', '/api/v4/contacts/notes']) {
      for (const [, action] of failures) {
        subscriber += 1
        const digits = String(subscriber).padStart(4, '0')
        const hits = (body: unknown) => JSON.stringify(body).includes(`911555${digits}`)
        stage.sandbox.fault({ match: { method: 'POST', path, body: hits }, do: action })
        phones.push(`+7911555${digits}`)
      }
    }
    await stage.lab.trunk.call({ from: phones, did: '7006', giveUpAfterMs: 700, count: phones.length, rate: 2 })
    await stage.settled(SETTLE_MS)

    const hit = stage.sandbox.requests().filter(({ fault }) => fault !== undefined)
    // A batch that was hit can carry several calls; every kind of failure must have been met by some write all the same.
    expect(new Set(hit.map(({ fault }) => fault?.kind)).size).toBeGreaterThanOrEqual(5)
    const told = phones.map((phone) => ({
      phone,
      contacts: stage.sandbox.contacts().filter((contact) => contact.phones.includes(phone)).length,
      notes: stage.sandbox.callNotes().filter((note) => note.phone === phone).length,
    }))
    expect(told).toEqual(phones.map((phone) => ({ phone, contacts: 1, notes: 1 })))
    expect(stage.sandbox.pending()).toBe(0)
  })

  test('when the token is refused for a while, then calls wait and are written once it is taken again', {
    timeout: 240_000,
  }, async () => {
    stage.sandbox.fault({ match: { method: 'POST' }, times: 1, do: { kind: 'unauthorized' } })
    await stage.lab.trunk.call({ from: '+79117770001', did: '7006', giveUpAfterMs: 700 })
    await stage.settled(200_000)
    expect(stage.sandbox.callNotes().filter(({ phone }) => phone === '+79117770001')).toHaveLength(1)
  })
})
