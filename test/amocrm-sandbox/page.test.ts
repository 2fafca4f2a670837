import assert from 'node:assert/strict'
import { test } from 'vitest'
import { pick, testSandbox } from './_client.ts'

test('given names from strangers when the page is read then they are text, and no token is needed or shown', async () => {
  const { sandbox, call } = await testSandbox({ rateLimit: { perSecond: 1 } })
  await using _ = sandbox
  const contact = sandbox.addContact({ name: '<script>alert("x")</script>', phones: ['+79991112233'] })
  await call('POST', '/api/v4/contacts/notes', [
    {
      entity_id: contact,
      note_type: 'call_in',
      params: {
        duration: 65,
        source: 'c',
        phone: '+79991112233',
        call_status: 4,
        link: 'javascript:alert(1)',
        call_responsible: 7000002,
      },
    },
  ])
  for (let read = 0; read < 5; read += 1) assert.equal((await fetch(sandbox.url)).status, 200)
  const page = await fetch(sandbox.url)
  const text = await page.text()
  assert.equal(page.headers.get('content-type'), 'text/html; charset=utf-8')
  assert.ok(text.includes('&lt;script&gt;alert(&quot;x&quot;)'))
  assert.ok(!text.includes('<script>alert'))
  assert.ok(!text.includes('href="javascript'))
  assert.ok(!text.includes(sandbox.token))
  for (const word of ['talked', '1:05', 'Борис Кузнецов', 'incoming']) assert.ok(text.includes(word), word)
  assert.equal(sandbox.requests().length, 1)
})

test('given a sandbox when its state is asked for then JSON tells contacts and call notes', async () => {
  const { sandbox } = await testSandbox()
  await using _ = sandbox
  sandbox.addContact({ name: 'Иван', phones: ['+79991112233'] })
  const state: unknown = await (await fetch(`${sandbox.url}/sandbox/state.json`)).json()
  assert.equal(pick(state, 'account.subdomain'), 'acme')
  assert.deepEqual(pick(state, 'contacts.0.phones'), ['+79991112233'])
})
