import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'vitest'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../test/amocrm-sandbox/sandbox.ts'
import * as errors from '../errors.ts'
import { type Amocrm, createAmocrm } from './amocrm.ts'
import { longLivedToken } from './long-lived-token.ts'
import { createOAuthEndpoint } from './oauth-endpoint.ts'
import { type OAuthTokens, oauthTokens } from './oauth-tokens.ts'
import { createTokenFile, type TokenFile } from './token-file.ts'
import type { TokenSource } from './token-source.ts'
import { createTransport, transportLimits } from './transport.ts'

const { signal } = new AbortController()
const pace = { run: <T>(_urgency: unknown, request: () => Promise<T>) => request() }
const HOUR = 3_600_000
const contact = { name: 'А', phone: '+79221532327' }
const anna = { user: 7000001, admin: true }

let folder: string
let sandbox: Sandbox
let now: number
let said: string[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callweave-tokens-'))
  now = Date.now()
  said = []
  await begin({})
})
afterEach(async () => {
  await sandbox[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

async function begin(options: SandboxOptions): Promise<void> {
  await sandbox?.[Symbol.asyncDispose]()
  sandbox = await startSandbox({ rateLimit: { perSecond: 1000 }, clock: () => now, ...options })
}
const log = { warn: (fields: object, message: string) => void said.push(`${message} ${JSON.stringify(fields)}`) }
const connected = (tokens: TokenSource): Amocrm =>
  createAmocrm({ tokens, source: 'Callweave', country: 'RU', pace, now: () => now, log })
const path = () => join(folder, 'state', 'crm-tokens.json')

interface Given {
  readonly code?: string
  readonly account?: string
  readonly file?: TokenFile
  readonly redirectUri?: string
}
function oauth(given: Given = {}): OAuthTokens {
  const { id, secret, redirectUri } = sandbox.oauth.client
  const client = { clientId: id, clientSecret: secret, redirectUri: given.redirectUri ?? redirectUri }
  return oauthTokens({
    account: given.account ?? sandbox.url,
    clientId: id,
    endpoint: createOAuthEndpoint(client, pace, createTransport({ ...transportLimits, totalMs: 300 })),
    file: given.file ?? createTokenFile(path()),
    code: () => given.code,
    now: () => now,
    log,
  })
}
const tokenRequests = () => sandbox.requests().filter((request) => request.path === '/oauth2/access_token')

describe('a long-lived token', () => {
  test('given a new one in the configuration, then the refused request goes again with it', async () => {
    const fresh = sandbox.issueToken(anna)
    let written = sandbox.token
    const tokens = longLivedToken({ account: sandbox.url, token: written, reread: () => written })
    const crm = connected(tokens)
    await crm.account(signal)
    sandbox.revoke(sandbox.token)
    written = fresh
    const [outcome] = await crm.createContacts([contact], signal)
    assert.equal(outcome?.kind, 'written')
    assert.equal(tokens.status().needsPerson, undefined)
  })

  test('given none, then a person is needed; one that is written later opens the way at once', async () => {
    let written = sandbox.token
    const tokens = longLivedToken({ account: sandbox.url, token: written, reread: () => written })
    const crm = connected(tokens)
    sandbox.revoke(sandbox.token)
    const [outcome] = await crm.createContacts([contact], signal)
    assert.ok(outcome?.kind === 'failed' && outcome.error instanceof errors.CrmUnauthorised)
    assert.equal(outcome.error.written, 'no')
    assert.match(tokens.status().needsPerson ?? '', /put it into crm\.token; no restart/)
    const before = sandbox.requests().length
    await assert.rejects(crm.account(signal), errors.CrmUnauthorised)
    assert.equal(sandbox.requests().length, before)
    written = sandbox.issueToken(anna)
    await tokens.lookAgain(signal)
    assert.equal((await crm.account(signal)).id, 30012345)
    assert.equal(tokens.status().needsPerson, undefined)
  })

  test('given a configuration that cannot be read, then nothing breaks', async () => {
    const reread = () => assert.fail('in the middle of editing')
    const tokens = longLivedToken({ account: sandbox.url, token: 'wrong', reread })
    await assert.rejects(connected(tokens).account(signal), errors.CrmUnauthorised)
  })
})

describe('OAuth', () => {
  test('begins with a code; the pair is on disk, its owner’s only, and a restart needs no code', async () => {
    const code = sandbox.oauth.issueCode(anna)
    await connected(oauth({ code })).account(signal)
    assert.equal((await stat(path())).mode & 0o777, 0o600)
    assert.deepEqual(await readdir(join(folder, 'state')), ['crm-tokens.json'])
    assert.ok(!(await readFile(path(), 'utf8')).includes(code))
    await connected(oauth({ code })).account(signal)
    assert.equal(tokenRequests().length, 1)
  })

  test('given many requests with an expired token, then there is one refresh, and nobody is lost', async () => {
    const crm = connected(oauth({ code: sandbox.oauth.issueCode(anna) }))
    await crm.account(signal)
    now += 25 * HOUR
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => crm.createContacts([contact], signal)))
    assert.ok(outcomes.flat().every(({ kind }) => kind === 'written'))
    assert.equal(tokenRequests().length, 2)
  })

  test('given a token that ends soon, then it is replaced while it still serves', async () => {
    const crm = connected(oauth({ code: sandbox.oauth.issueCode(anna) }))
    await crm.account(signal)
    now += 23.5 * HOUR
    sandbox.fault({ match: { path: '/oauth2/access_token' }, do: { kind: 'hang' } })
    await crm.account(signal)
    await until(() => said.some((line) => line.includes('ahead of time')))
    now += 20_000
    await crm.account(signal)
    await until(() => tokenRequests().length === 3)
    now += HOUR
    await crm.account(signal)
  })

  test('given a token that is refused though it has not ended, then it is refreshed and the write goes again, once', async () => {
    const tokens = oauth({ code: sandbox.oauth.issueCode(anna) })
    const crm = connected(tokens)
    await crm.account(signal)
    sandbox.fault({ match: { path: '/api/v4/contacts' }, do: { kind: 'unauthorized', forever: true } })
    const [outcome] = await crm.createContacts([contact], signal)
    assert.equal(outcome?.kind, 'written')
    assert.equal(sandbox.contacts().length, 1)
    assert.equal(tokenRequests().length, 2)
  })

  test('the new pair is on disk before anything is sent with it', async () => {
    const seen: number[] = []
    const late: Promise<unknown>[] = []
    const real = createTokenFile(path())
    const file = {
      load: real.load,
      save: async (pair: Parameters<TokenFile['save']>[0]) => {
        const before = sandbox.requests().length
        late.push(crm.account(signal))
        await new Promise((resolve) => setTimeout(resolve, 30))
        seen.push(sandbox.requests().length - before)
        await real.save(pair)
      },
    }
    const crm = connected(oauth({ code: sandbox.oauth.issueCode(anna), file }))
    await crm.account(signal)
    now += 25 * HOUR
    await crm.account(signal)
    await Promise.all(late)
    assert.deepEqual(seen, [0, 0])
    assert.equal(tokenRequests().length, 2)
  })

  test('given a disk that refuses, then this process goes on with the pair', async () => {
    const file = { load: async () => undefined, save: () => Promise.reject(new Error('ENOSPC')) }
    const crm = connected(oauth({ code: sandbox.oauth.issueCode(anna), file }))
    await crm.account(signal)
    await crm.account(signal)
    assert.ok(said.some((line) => line.includes('could not be saved')))
  })

  test('given a refresh whose answer is lost, then the same refresh token is tried again', async () => {
    await begin({ refreshRotation: 'documented' })
    const crm = connected(oauth({ code: sandbox.oauth.issueCode(anna) }))
    await crm.account(signal)
    now += 25 * HOUR
    sandbox.fault({ match: { path: '/oauth2/access_token' }, do: { kind: 'reset', execution: 'executed' } })
    const [outcome] = await crm.createContacts([contact], signal)
    assert.ok(outcome?.kind === 'failed' && outcome.error.written === 'no')
    assert.ok((outcome.error.restMs ?? 0) > 0)
    now += 10_001
    const [again] = await crm.createContacts([contact], signal)
    assert.equal(again?.kind, 'written')
  })

  test('given a token endpoint that fails again and again, then it is not asked for every request', async () => {
    const crm = connected(oauth({ code: sandbox.oauth.issueCode(anna) }))
    await crm.account(signal)
    now += 25 * HOUR
    sandbox.fault({ match: { path: '/oauth2/access_token' }, times: 100, do: { kind: 'server-error' } })
    for (let n = 0; n < 10; n++) await assert.rejects(crm.account(signal))
    assert.equal(tokenRequests().length, 2)
  })

  test('given a refresh token that is dead, then a person is needed, nobody asks in vain, and a new code opens the way', async () => {
    const tokens = oauth({ code: sandbox.oauth.issueCode(anna) })
    const crm = connected(tokens)
    await crm.account(signal)
    await sandbox.oauth.disconnect()
    const [outcome] = await crm.createContacts([contact], signal)
    assert.ok(outcome?.kind === 'failed' && outcome.error instanceof errors.CrmUnauthorised)
    assert.match(tokens.status().needsPerson ?? '', /callweave crm authorise --code CODE/)
    const before = sandbox.requests().length
    await assert.rejects(crm.account(signal), /no restart is needed/)
    await tokens.lookAgain(signal)
    assert.equal(sandbox.requests().length, before)

    await tokens.authorise(sandbox.oauth.issueCode(anna), signal)
    assert.equal((await crm.createContacts([contact], signal))[0]?.kind, 'written')
    assert.equal(tokens.status().needsPerson, undefined)
  })

  test('given no code yet, then that is said; a wrong one is tried once and refused', async () => {
    const given: { code?: string } = {}
    const tokens = oauth({
      get code() {
        return given.code ?? ''
      },
    })
    given.code = 'nonsense'
    await assert.rejects(connected(tokens).account(signal), errors.CrmUnauthorised)
    await tokens.lookAgain(signal)
    await tokens.lookAgain(signal)
    assert.equal(tokenRequests().length, 1)
    given.code = sandbox.oauth.issueCode(anna)
    await tokens.lookAgain(signal)
    assert.equal(tokens.status().needsPerson, undefined)
    await connected(tokens).account(signal)
  })

  test('given another redirect address, then the refusal says so without any secret', async () => {
    const tokens = oauth({ code: sandbox.oauth.issueCode(anna), redirectUri: 'https://elsewhere.example/' })
    await assert.rejects(connected(tokens).account(signal), (error) => {
      assert.match(String(error), /redirect_uri/)
      return true
    })
    assert.ok(![...said, String(tokens.status().needsPerson)].some((line) => line.includes('sandbox-secret')))
  })

  test('given an account that was renamed, then it is found at its new address, also after a restart', async () => {
    const account = sandbox.url
    const crm = connected(oauth({ account, code: sandbox.oauth.issueCode(anna) }))
    await crm.account(signal)
    const moved = await sandbox.renameAccount('acme-new')
    now += 25 * HOUR
    assert.equal((await crm.account(signal)).subdomain, 'acme-new')
    for (const configured of [account, moved]) {
      const again = oauth({ account: configured })
      await connected(again).account(signal)
      assert.equal(again.status().host, new URL(moved).host)
    }
    const code = sandbox.oauth.issueCode(anna)
    await oauth({ account }).authorise(code, signal)
  })

  test('given a place that has no token endpoint for a while, then the pair is not given up', async () => {
    const account = sandbox.url
    const tokens = oauth({ account, code: sandbox.oauth.issueCode(anna) })
    const crm = connected(tokens)
    await crm.account(signal)
    await sandbox.renameAccount('acme-new')
    sandbox.fault({ match: { path: /subdomain$/ }, do: { kind: 'server-error' } })
    now += 25 * HOUR
    await assert.rejects(crm.account(signal), errors.CrmUnreachable)
    assert.equal(tokens.status().needsPerson, undefined)
    now += 10_001
    assert.equal((await crm.account(signal)).subdomain, 'acme-new')
  })

  test('given several who bring the same code, then it is exchanged once', async () => {
    const tokens = oauth({ code: sandbox.oauth.issueCode(anna) })
    const crm = connected(tokens)
    const first = crm.account(signal)
    await until(() => tokenRequests().length === 1)
    await Promise.all([first, crm.account(signal), crm.account(signal)])
    assert.equal(tokenRequests().length, 1)
  })

  test('given a pair of another integration or account in the file, then it is not used', async () => {
    await connected(oauth({ code: sandbox.oauth.issueCode(anna) })).account(signal)
    const other = oauth({ account: 'http://127.0.0.1:9' })
    await assert.rejects(connected(other).account(signal), errors.CrmUnauthorised)
  })
})

async function until(reached: () => boolean): Promise<void> {
  for (let n = 0; !reached(); n++) {
    assert.ok(n < 200, 'not reached within two seconds')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
