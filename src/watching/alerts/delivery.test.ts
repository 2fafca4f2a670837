import { once } from 'node:events'
import { createServer } from 'node:http'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { Secret } from '../../config/secret.ts'
import { telegramChannel, webhookChannel } from './channels.ts'
import { alertKinds } from './conditions.ts'
import { type Channel, createDelivery } from './delivery.ts'
import { alertText, saysAlert, trialNote } from './sentences.ts'

const log = pino({ level: 'silent' })
const note = (text: string) => ({ text, body: {} })

/** A receiver that refuses the first times. */
function receiver(refusals: number) {
  const got: string[] = []
  let left = refusals
  const channel: Channel = {
    name: 'any',
    send: async ({ text }) => {
      if (left-- > 0) throw new Error('not now')
      got.push(text)
    },
  }
  return { got, channel }
}

test('given a receiver that refuses at first, when alerts are posted, then each arrives once, in order', async () => {
  const { got, channel } = receiver(3)
  await using delivery = createDelivery({ channels: [channel], log, restsMs: [1] })
  for (const text of ['one', 'two', 'three']) delivery.post(note(text))
  await vi.waitFor(() => expect(got).toEqual(['one', 'two', 'three']))
  expect(delivery.status()).toEqual({ any: { waiting: 0, sent: 3, dropped: 0, lastError: undefined } })
})

test('given a receiver that never answers, when hundreds are posted, then the latest fifty wait, nobody is held up, and the end is not', async () => {
  const silent: Channel = {
    name: 'silent',
    send: (_note, signal) =>
      new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true }),
      ),
  }
  const { got, channel } = receiver(0)
  const delivery = createDelivery({ channels: [silent, channel], log })
  for (let n = 0; n < 200; n++) delivery.post(note(String(n)))
  await vi.waitFor(() => expect(got.at(-1)).toBe('199'))
  expect(delivery.status()['silent']).toMatchObject({ waiting: 50, sent: 0, dropped: 150 })
  await delivery[Symbol.asyncDispose]()
})

test('given a webhook and a chat, when a note is sent, then both get it; when they refuse, no error has a secret in it', async () => {
  const got: unknown[] = []
  let status = 200
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString('utf8'))
    got.push([request.url, request.headers.authorization, body])
    response.writeHead(status, { location: '/elsewhere' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  const channels = [
    webhookChannel({ url: `${url}/hook`, token: new Secret('hook-secret') }),
    telegramChannel({ url: `${url}/`, token: new Secret('12:chat-secret'), chat: '-100' }),
  ]
  await using delivery = createDelivery({ channels, log })
  expect(await delivery.now({ text: 'hello', body: { kind: 'trial' } })).toEqual({ webhook: '', telegram: '' })
  expect(got).toEqual([
    ['/hook', 'Bearer hook-secret', { text: 'hello', kind: 'trial' }],
    ['/bot12:chat-secret/sendMessage', undefined, { chat_id: '-100', text: 'hello', disable_web_page_preview: true }],
  ])
  for (status of [302, 401]) {
    const why = `the receiver answered ${status}`
    expect(await delivery.now(note('hello'))).toEqual({ webhook: why, telegram: why })
  }
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
  const unreachable = expect.stringMatching(/^nobody could be reached: [A-Z_]+$/)
  expect(await delivery.now(note('hello'))).toEqual({ webhook: unreachable, telegram: unreachable })
})

test.each(alertKinds)('given the alert %s, when told in either language, then it is one whole sentence', (kind) => {
  const facts = {
    reason: 'r',
    what: 'w',
    count: 1,
    percent: 99,
    missing: 2,
    days: 3,
    directory: '/d',
    gigabytes: 0.5,
    minutes: 16,
    step: 's',
  }
  for (const language of ['ru', 'en'] as const) {
    expect(saysAlert(kind, facts, language)).toMatch(/^[А-ЯA-Z].*\S$/)
    expect(saysAlert(kind, facts, language)).not.toMatch(/undefined|NaN/)
  }
})

test('given an alert that is over, when told, then it says how long it lasted', () => {
  const message = {
    phase: 'over',
    kind: 'disk-low',
    facts: { directory: '/d', gigabytes: 0 },
    since: 0,
    at: 5_400_000,
  } as const
  expect(alertText('kazan', message, 'en')).toMatch(/^Callweave, kazan: trouble is over \(1 h 30 min\)\. /)
  expect(alertText('kazan', message, 'ru')).toMatch(/^Callweave, kazan: неполадка устранена \(1 ч 30 мин\)\. /)
  expect(trialNote('kazan', 'ru', 0).body).toMatchObject({ phase: 'trial' })
})
