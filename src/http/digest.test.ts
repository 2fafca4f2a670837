import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createDigest, type DigestVerdict, digestSecret } from './digest.ts'

const run = promisify(execFile)
const secrets = new Map([['admin', digestSecret('admin', 'pass "word" \\ ü')]])
let now = 1_800_000_000_000
const check = createDigest({ secrets, key: Buffer.alloc(32, 7), now: () => now })

/** A server that tells who came in, and the header that opened the door. */
async function door(offered = ['SHA-256', 'MD5']) {
  const opened: string[] = []
  const server = createServer((request, response) => {
    const verdict = check({
      method: request.method ?? '',
      target: request.url ?? '',
      authorization: request.headers.authorization,
    })
    if (verdict.kind === 'challenge') {
      response
        .writeHead(401, {
          'WWW-Authenticate': verdict.challenges.filter((text) => offered.some((name) => text.includes(`=${name}`))),
        })
        .end()
      return
    }
    opened.push(request.headers.authorization ?? '')
    response.end(verdict.login)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  const curl = async (...args: readonly string[]) =>
    (await run('curl', ['-s', ...args, `http://127.0.0.1:${port}/pbx/read_call?id=1.2`])).stdout
  return { opened, curl, [Symbol.asyncDispose]: async () => void server.close() }
}

describe('given curl --digest', () => {
  test('when login and password are right, then it comes in with SHA-256', async () => {
    await using it = await door()
    expect(await it.curl('--digest', '-u', 'admin:pass "word" \\ ü')).toBe('admin')
    expect(it.opened[0]).toContain('algorithm=SHA-256')
  })

  test('when the password, the login or the way is wrong, then it stays outside', async () => {
    await using it = await door()
    expect(await it.curl('--digest', '-u', 'admin:other')).toBe('')
    expect(await it.curl('--digest', '-u', 'root:pass "word" \\ ü')).toBe('')
    expect(await it.curl('-u', 'admin:pass "word" \\ ü')).toBe('')
    expect(it.opened).toEqual([])
  })

  test('when its header is sent again, for the same or another address, then it stays outside', async () => {
    await using it = await door()
    await it.curl('--digest', '-u', 'admin:pass "word" \\ ü')
    const header = it.opened[0] ?? ''
    const again = (change: Partial<Parameters<typeof check>[0]>): DigestVerdict['kind'] =>
      check({ method: 'GET', target: '/pbx/read_call?id=1.2', authorization: header, ...change }).kind
    expect(again({})).toBe('challenge')
    expect(again({ target: '/pbx/read_call?id=9.9' })).toBe('challenge')
    expect(again({ method: 'POST' })).toBe('challenge')
  })
})

test('given a nonce of an earlier process or of ten minutes ago, when it is right otherwise, then a fresh one is asked for', async () => {
  await using it = await door()
  await it.curl('--digest', '-u', 'admin:pass "word" \\ ü')
  const authorization = (it.opened[0] ?? '').replace(/nc=0*1\b/, 'nc=00000001')
  const request = { method: 'GET', target: '/pbx/read_call?id=1.2', authorization }
  const later = createDigest({ secrets, key: Buffer.alloc(32, 8), now: () => now })(request)
  expect(later.kind === 'challenge' && later.challenges[0]).toContain('stale=true')
  now += 600_000
  const verdict = check(request)
  expect(verdict.kind === 'challenge' && verdict.challenges[0]).toContain('stale=true')
})

test('given curl that speaks MD5 only, as old scripts do, when it is offered MD5, then it comes in', async () => {
  await using it = await door(['MD5'])
  expect(await it.curl('--digest', '-u', 'admin:pass "word" \\ ü')).toBe('admin')
  expect(it.opened[0]).not.toContain('SHA-256')
})

test.each([
  '',
  'Basic YWRtaW46eA==',
  'Digest',
  'Digest username="admin',
  'Digest nonce="", nonce=""',
  'Digest username=admin, username=root',
])('given the header %s, when it comes, then a challenge is the answer', (authorization) => {
  expect(check({ method: 'GET', target: '/', authorization }).kind).toBe('challenge')
})

test('given the old form of MD5 without qop, when it comes, then a challenge is the answer', async () => {
  const authorization =
    'Digest username="admin", realm="callweave", nonce="x", uri="/", response="00000000000000000000000000000000"'
  expect(check({ method: 'GET', target: '/', authorization })).toMatchObject({ kind: 'challenge', tried: true })
})
