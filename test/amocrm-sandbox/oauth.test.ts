import assert from 'node:assert/strict'
import { test } from 'vitest'
import { pick, testSandbox } from './_client.ts'
import type { OAuthClient } from './resources/oauth-consent.ts'

const grant = (client: OAuthClient, more: object) => ({
  client_id: client.id,
  client_secret: client.secret,
  redirect_uri: client.redirectUri,
  ...more,
})
const byCode = (client: OAuthClient, code: unknown) => grant(client, { grant_type: 'authorization_code', code })
const byRefresh = (client: OAuthClient, token: unknown) =>
  grant(client, { grant_type: 'refresh_token', refresh_token: token })
const path = '/oauth2/access_token'

test('given a code when exchanged then the tokens work for a day and the code works once', async () => {
  const { sandbox, call, advance } = await testSandbox()
  await using _ = sandbox
  const { client } = sandbox.oauth
  const code = sandbox.oauth.issueCode({ user: 7000001, admin: true })
  const pair = await call('POST', path, byCode(client, code))
  assert.equal(pick(pair.json, 'expires_in'), 86_400)
  const access = String(pick(pair.json, 'access_token'))
  assert.equal((await call('GET', '/api/v4/account', undefined, access)).status, 200)
  assert.equal(
    pick((await call('POST', path, byCode(client, code))).json, 'hint'),
    'Authorization code has been revoked',
  )
  advance(86_400_000)
  assert.equal((await call('GET', '/api/v4/account', undefined, access)).status, 401)
  const late = sandbox.oauth.issueCode({ user: 7000001, admin: true })
  advance(20 * 60_000)
  assert.equal(pick((await call('POST', path, byCode(client, late))).json, 'hint'), 'Authorization code has expired')
})

test.each([
  ['strict', 401],
  ['documented', 200],
] as const)(
  'given %s rotation when a replaced refresh token is used before its successor then %i',
  async (refreshRotation, status) => {
    const { sandbox, call } = await testSandbox({ refreshRotation })
    await using _ = sandbox
    const { client } = sandbox.oauth
    const first = await call('POST', path, byCode(client, sandbox.oauth.issueCode({ user: 7000001, admin: true })))
    const old = pick(first.json, 'refresh_token')
    assert.equal((await call('POST', path, byRefresh(client, old))).status, 200)
    const again = await call('POST', path, byRefresh(client, old))
    assert.equal(again.status, status)
    if (again.status === 200) await call('GET', '/api/v4/account', undefined, String(pick(again.json, 'access_token')))
    const dead = await call('POST', path, byRefresh(client, old))
    assert.equal(dead.status, 401)
    assert.equal(pick(dead.json, 'hint'), 'Token has been revoked')
  },
)

test('given a wrong secret, redirect or missing field then the token endpoint refuses and the record shows no secret', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const { client } = sandbox.oauth
  const good = byRefresh(client, 'def50200')
  assert.equal((await call('POST', path, { ...good, client_secret: 'x' })).status, 401)
  assert.equal((await call('POST', path, { ...good, redirect_uri: `${client.redirectUri}/` })).status, 400)
  assert.equal((await call('POST', path, { ...good, redirect_uri: undefined })).status, 400)
  assert.equal(pick((await call('POST', path, good)).json, 'hint'), 'Cannot decrypt the refresh token')
  assert.ok(!JSON.stringify(sandbox.requests()).includes(client.secret))
})
