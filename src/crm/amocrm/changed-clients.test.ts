import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { connectedCrm } from '../../../test/_connected-crm.ts'
import { type Sandbox, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import type { Crm } from '../port.ts'

const { signal } = new AbortController()

let clock = 0
let sandbox: Sandbox
let crm: Crm
afterEach(() => sandbox[Symbol.asyncDispose]())

describe('following changes', () => {
  beforeEach(async () => {
    clock = Date.parse('2026-01-01T00:00:00Z')
    sandbox = await startSandbox({ rateLimit: { perSecond: 1000 }, clock: () => clock })
    crm = connectedCrm(sandbox, { now: () => clock })
  })

  async function read(since: number | undefined) {
    const pages = await Array.fromAsync(crm.clientsChangedSince(since, signal))
    return { pages, names: pages.flatMap((page) => page.clients.map((client) => client.name)) }
  }
  /** One client after another, a second apart. */
  function add(count: number, addOne: (name: string) => number, letter: string): void {
    for (let n = 0; n < count; n++) {
      clock += 1000
      addOne(`${letter}${n}`)
    }
  }
  const contact = (name: string) => sandbox.addContact({ name, phones: ['+79221532327'] })
  const company = (name: string) => sandbox.addCompany({ name })

  test('all contacts and companies come, none missing, and the instant read up to only grows', async () => {
    add(600, contact, 'К')
    add(300, company, 'Ф')
    add(300, contact, 'Л')
    const { pages, names } = await read(undefined)
    assert.equal(new Set(names).size, 1200)
    const instants = pages.map((page) => page.readUpTo)
    assert.deepEqual(
      instants,
      instants.toSorted((a, b) => a - b),
    )
    assert.ok((instants.at(-1) ?? 0) >= clock)
    assert.ok(sandbox.requests().length < 12)
  })

  test('a client who changes while others are read hides nobody', async () => {
    add(750, contact, 'К')
    const [first] = sandbox.contacts()
    const names = new Set<string>()
    for await (const page of crm.clientsChangedSince(undefined, signal)) {
      for (const client of page.clients) names.add(client.name)
      clock += 60_000
      sandbox.mergeContacts(sandbox.addContact({ name: 'двойник' }), first?.id ?? 0)
    }
    for (let n = 1; n < 750; n++) assert.ok(names.has(`К${n}`), `К${n}`)
  })

  test('a mass update that gives many pages one second is read through', async () => {
    for (let n = 0; n < 600; n++) contact(`К${n}`)
    clock += 5000
    add(10, contact, 'Л')
    assert.equal(new Set((await read(undefined)).names).size, 610)
  })

  test('a stopped reading goes on from the instant of its last page and misses nobody', async () => {
    add(700, contact, 'К')
    add(700, company, 'Ф')
    add(200, contact, 'Л')
    const seen = new Set<string>()
    let readUpTo: number | undefined
    for await (const page of crm.clientsChangedSince(undefined, signal)) {
      for (const client of page.clients) seen.add(client.name)
      readUpTo = page.readUpTo
      if (seen.size > 900) break
    }
    assert.ok(seen.size < 1600)
    sandbox.clearRequests()
    for (const name of (await read(readUpTo)).names) seen.add(name)
    assert.equal(seen.size, 1600)
    assert.ok(sandbox.requests().length < 8, 'it did not begin anew')
  })

  test('only what changed since then comes, up to this very second', async () => {
    contact('давно')
    clock += 60_000
    contact('сейчас')
    assert.deepEqual((await read(clock - 30_000)).names, ['сейчас'])
  })

  test('the trash does not come', async () => {
    sandbox.deleteContact(sandbox.addContact({ name: 'лишний' }))
    assert.deepEqual((await read(undefined)).names, [])
  })

  test('a client without any phone comes without phones', async () => {
    sandbox.addContact({ name: 'без телефона' })
    const { pages } = await read(undefined)
    assert.deepEqual(
      pages.flatMap((page) => page.clients.flatMap((client) => client.phones)),
      [],
    )
  })
})
