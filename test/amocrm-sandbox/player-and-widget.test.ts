import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import { test } from 'vitest'
import { list, pick, testSandbox } from './_client.ts'

async function serving(listener: RequestListener) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

test('given recordings good and bad when played then what a browser would stumble over is named', async () => {
  await using records = await serving((request, response) => {
    const audio = Buffer.from('ID3 sound')
    if (request.url === '/gone.mp3') response.writeHead(404).end()
    else if (request.url === '/page.mp3') response.writeHead(200, { 'content-type': 'text/html' }).end('<html>')
    else
      response
        .writeHead(request.method === 'HEAD' ? 200 : 206, {
          'content-type': 'audio/mpeg',
          'content-length': audio.length,
          'content-range': `bytes 0-8/${audio.length}`,
        })
        .end(request.method === 'HEAD' ? undefined : audio)
  })
  const reach = (link: string) => link.replace('https://pbx.example.com', records.url)
  const { sandbox } = await testSandbox({ webhooks: { reach } })
  await using _ = sandbox
  const good = await sandbox.play('https://pbx.example.com/1.mp3')
  assert.deepEqual(good, { status: 206, type: 'audio/mpeg', bytes: 9, troubles: [] })
  assert.deepEqual((await sandbox.play(`${records.url}/1.mp3`)).troubles, ['not https'])
  assert.deepEqual((await sandbox.play('https://pbx.example.com/gone.mp3')).troubles.slice(0, 2), [
    'no recording',
    'not audio',
  ])
  assert.ok((await sandbox.play('https://pbx.example.com/page.mp3')).troubles.includes('not audio'))
  assert.ok((await sandbox.play('https://pbx.example.com/page.mp3')).troubles.includes('no ranges'))
  assert.deepEqual((await sandbox.play('https://elsewhere.example.com/1.mp3')).troubles, ['not this machine'])
  assert.deepEqual((await sandbox.play('https://127.0.0.1:1/1.mp3')).troubles, ['no answer'])
})

test('given a one-time token then it is signed with the integration’s secret and good for half an hour', async () => {
  const { sandbox, seconds } = await testSandbox()
  await using _ = sandbox
  const token = sandbox.disposableToken({ id: 7000002, admin: false })
  const [head = '', body = '', signature] = token.split('.')
  assert.equal(signature, createHmac('sha256', 'sandbox-secret').update(`${head}.${body}`).digest('base64url'))
  const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString())
  assert.deepEqual(
    ['iss', 'aud', 'account_id', 'user_id', 'is_admin', 'exp'].map((name) => pick(claims, name)),
    ['https://acme.amocrm.ru', 'https://pbx.example.com', 30012345, 7000002, false, seconds() + 1800],
  )
})

test('given a batch of known and unknown numbers then its status is as chosen', async () => {
  for (const mixedCalls of [200, 400] as const) {
    const { sandbox, call } = await testSandbox({ mixedCalls })
    await using _ = sandbox
    sandbox.addContact({ phones: ['+79991112233'] })
    const item = (phone: string) => ({ direction: 'inbound', phone, duration: 1, source: 'x' })
    const reply = await call('POST', '/api/v4/calls', [item('+79991112233'), item('+70000000000')])
    assert.equal(reply.status, mixedCalls)
    assert.equal(list(reply.json, '_embedded.calls').length, 1)
    assert.equal(pick(list(reply.json, 'errors')[0], 'status'), 263)
    assert.equal((await call('POST', '/api/v4/calls', [item('+79991112233')])).status, 200)
  }
})

test('given many users when paged then totals and all four links come; types of events can be read', async () => {
  const { sandbox, call } = await testSandbox()
  await using _ = sandbox
  const page = (await call('GET', '/api/v4/users?limit=2&page=2')).json
  assert.deepEqual([pick(page, '_total_items'), pick(page, '_page_count'), pick(page, '_page')], [4, 2, 2])
  assert.deepEqual(Object.keys(Object(pick(page, '_links'))).toSorted(), ['first', 'last', 'prev', 'self'])
  assert.match(String(pick(page, '_links.prev.href')), /page=1&limit=2$/)
  const types = list((await call('GET', '/api/v4/events/types')).json, '_embedded.events_types')
  assert.ok(types.some((type) => pick(type, 'key') === 'entity_merged'))
})
