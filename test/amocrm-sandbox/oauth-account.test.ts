import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { test } from 'vitest'
import { client, pick, testSandbox } from './_client.ts'

const admin = { user: 7000001, admin: true }

async function open(address: string, headers: Record<string, string> = {}) {
  const response = await fetch(address, { redirect: 'manual', headers })
  const location = URL.parse(response.headers.get('location') ?? '')
  return { status: response.status, location, text: await response.text() }
}

test('given a consent page when a person allows or refuses then the redirect says so, with the state and the host', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const { client: own } = sandbox.oauth
  const asked = `${sandbox.url}/oauth?client_id=${own.id}&state=s%26t&mode=popup`
  const page = await open(asked)
  assert.equal(page.status, 200)
  assert.match(page.text, /state=s%26t&amp;decision=allow/)
  const allowed = await open(`${asked}&decision=allow`)
  assert.equal(allowed.status, 302)
  assert.equal(`${allowed.location?.origin}${allowed.location?.pathname}`, own.redirectUri)
  const told = Object.fromEntries(allowed.location?.searchParams ?? [])
  assert.deepEqual([told['referer'], told['client_id'], told['state']], [new URL(sandbox.url).host, own.id, 's&t'])
  const grant = { client_id: own.id, client_secret: own.secret, redirect_uri: own.redirectUri }
  const pair = await call('POST', '/oauth2/access_token', {
    ...grant,
    grant_type: 'authorization_code',
    code: told['code'],
  })
  assert.equal(pair.status, 200)
  const refused = await open(`${asked}&decision=deny`)
  assert.deepEqual(Object.fromEntries(refused.location?.searchParams ?? []), {
    error: 'access_denied',
    state: 's&t',
    client_id: own.id,
  })
  assert.equal((await open(`${sandbox.url}/oauth?client_id=other&decision=allow`)).status, 400)
})

test('given an installation from the market then the server calls the redirect URI by itself; a disconnection is told and kills the tokens', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const seen: URL[] = []
  const server = createServer((request, response) => {
    seen.push(new URL(request.url ?? '', 'http://local'))
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const local = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
  sandbox.oauth.register({ redirectUri: `${local}/amo/oauth` })
  await sandbox.oauth.install()
  assert.equal(seen[0]?.searchParams.get('from_widget'), '1')
  assert.match(seen[0]?.searchParams.get('code') ?? '', /^def50200/)
  const { access_token } = sandbox.oauth.issuePair(admin)
  assert.equal((await call('GET', '/api/v4/account', undefined, access_token)).status, 200)
  await sandbox.oauth.disconnect(`${local}/bye`)
  assert.equal(seen[1]?.searchParams.get('account_id'), '30012345')
  assert.equal((await call('GET', '/api/v4/account', undefined, access_token)).status, 401)
  assert.equal((await call('GET', '/api/v4/account')).status, 401)
  await new Promise((resolve) => server.close(resolve))
})

test('given a new secret then tokens, refresh tokens and the old secret are dead', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const before = sandbox.oauth.client
  const pair = sandbox.oauth.issuePair(admin)
  const refresh = (secret: string) =>
    call('POST', '/oauth2/access_token', {
      client_id: before.id,
      client_secret: secret,
      redirect_uri: before.redirectUri,
      grant_type: 'refresh_token',
      refresh_token: pair.refresh_token,
    })
  sandbox.oauth.register({ secret: 'new-secret' })
  assert.equal((await call('GET', '/api/v4/account', undefined, pair.access_token)).status, 401)
  assert.equal(pick((await refresh(before.secret)).json, 'hint'), 'Check the `client_id` parameter')
  assert.equal((await refresh('new-secret')).status, 401)
})

test('given an authorising user when dismissed then the tokens are dead; without administrator rights they are a manager’s', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const { access_token } = sandbox.oauth.issuePair(admin)
  sandbox.setRights(7000001, { admin: false })
  assert.equal((await call('GET', '/api/v4/users', undefined, access_token)).status, 403)
  assert.equal((await call('GET', '/api/v4/account', undefined, access_token)).status, 200)
  sandbox.deactivateUser(7000001)
  assert.equal((await call('GET', '/api/v4/account', undefined, access_token)).status, 401)
})

test('given a renamed account when asked at the old address then 404 for everything; the shared host knows the new one', async () => {
  const { sandbox, call } = await testSandbox({ baseDomain: 'kommo.com' })
  await using _ = sandbox
  const pair = sandbox.oauth.issuePair(admin)
  const claims: unknown = JSON.parse(Buffer.from(pair.access_token.split('.')[1] ?? '', 'base64url').toString())
  assert.equal(pick(claims, 'account_id'), 30012345)
  assert.equal(pick(claims, 'base_domain'), 'kommo.com')
  assert.equal(`http://${pick(claims, 'api_domain')}`, sandbox.apiUrl)
  const old = sandbox.url
  const moved = await sandbox.renameAccount('acme-new')
  assert.notEqual(moved, old)
  assert.equal(sandbox.url, moved)
  const atOld = client({ ...sandbox, url: old, token: sandbox.token })
  assert.equal((await atOld('GET', '/api/v4/account')).status, 404)
  assert.equal((await atOld('POST', '/oauth2/access_token', {})).status, 404)
  const where = (headers: Record<string, string>) => open(`${sandbox.apiUrl}/oauth2/account/current/subdomain`, headers)
  const told: unknown = JSON.parse((await where({ 'x-refresh-token': pair.refresh_token })).text)
  assert.deepEqual(told, {
    id: 30012345,
    subdomain: 'acme-new',
    domain: new URL(moved).host,
    top_level_domain: 'com',
  })
  assert.equal((await where({ authorization: `Bearer ${pair.access_token}` })).status, 200)
  assert.equal((await where({ 'x-refresh-token': 'def50200' })).status, 401)
  assert.equal((await open(`${moved}/oauth2/account/current/subdomain`)).status, 404)
  assert.equal(
    (await open(`${sandbox.apiUrl}/api/v4/account`, { authorization: `Bearer ${sandbox.token}` })).status,
    404,
  )
  assert.equal((await call('GET', '/api/v4/account')).status, 200)
  assert.ok(!JSON.stringify(sandbox.requests()).includes(pair.refresh_token))
})

test('given missing or unknown fields at the token endpoint then the hint names them', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const { client: own } = sandbox.oauth
  const good = {
    client_id: own.id,
    client_secret: own.secret,
    redirect_uri: own.redirectUri,
    grant_type: 'refresh_token',
    refresh_token: 'x',
  }
  const hint = async (body: unknown) => {
    const reply = await call('POST', '/oauth2/access_token', body)
    return [reply.status, pick(reply.json, 'hint')]
  }
  assert.deepEqual(await hint({ ...good, refresh_token: undefined }), [400, 'Check the `refresh_token` parameter'])
  assert.deepEqual(await hint({ ...good, redirect_uri: undefined }), [400, 'Check the `redirect_uri` parameter'])
  assert.deepEqual(await hint({ ...good, grant_type: 'password' }), [400, 'Check the `grant_type` parameter'])
  assert.deepEqual(await hint('nonsense'), [400, 'Check the `grant_type` parameter'])
})

test('given an administrator’s token when it acts as somebody else then with the rights of that user', async () => {
  const { sandbox } = await testSandbox()
  await using _ = sandbox
  const as = async (user: string, path: string, token = sandbox.token) => {
    const headers = { authorization: `Bearer ${token}`, 'x-context-user-id': user }
    const response = await fetch(sandbox.url + path, { headers })
    const body: unknown = response.status === 200 ? await response.json() : undefined
    return [response.status, pick(body, 'current_user_id')]
  }
  assert.deepEqual(await as('7000002', '/api/v4/account'), [200, 7000002])
  assert.deepEqual(await as('7000002', '/api/v4/users'), [403, undefined])
  assert.deepEqual(await as('7000009', '/api/v4/account'), [401, undefined])
  const manager = sandbox.issueToken({ user: 7000003, admin: false })
  assert.deepEqual(await as('7000002', '/api/v4/account', manager), [401, undefined])
})
