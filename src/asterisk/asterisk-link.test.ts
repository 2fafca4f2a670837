import { createRequire } from 'node:module'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type FakeAri, startFakeAri } from '../../test/fake-ari/fake-ari.ts'
import { type AsteriskLink, createAsterisk, type LinkTiming } from './asterisk-link.ts'
import type { AsteriskMessage } from './message.ts'

const hasty: Partial<LinkTiming> = { clockMs: 200, orphanGraceMs: 10, patience: 0.01, lookEveryMs: 20, longestMs: 100 }

let ari: FakeAri
let stop: AbortController
let logged: string[]

beforeEach(async () => {
  ari = await startFakeAri()
  stop = new AbortController()
  logged = []
})

afterEach(async () => {
  stop.abort()
  await ari[Symbol.asyncDispose]()
})

function connect(timing: Partial<LinkTiming> = {}): { link: AsteriskLink; next: () => Promise<AsteriskMessage> } {
  const note = (fields: object, message: string) => logged.push(`${message} ${JSON.stringify(fields)}`)
  const link = createAsterisk({
    ari: { url: ari.url, user: 'callweave', password: 'pä:ss', application: 'callweave' },
    log: { debug: note, info: note, warn: note, error: note },
    random: () => 0.5,
    timing: { ...hasty, ...timing },
  })
  const messages = link.messages(stop.signal)
  const next = async () => {
    const { value, done } = await messages.next()
    if (done) throw new Error('the stream has ended')
    return value
  }
  return { link, next }
}

/** The first message of a kind; what comes before it is dropped. */
async function until<Kind extends AsteriskMessage['kind']>(next: () => Promise<AsteriskMessage>, kind: Kind) {
  for (;;) {
    const message = await next()
    if (message.kind === kind) return message as Extract<AsteriskMessage, { kind: Kind }>
  }
}

async function eventually(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
}

const channel = (id: string, dialplan = { app_name: 'Dial', app_data: '' }) => ({
  id,
  name: `PJSIP/trunk-${id}`,
  state: 'Ring',
  caller: { name: 'Пётр', number: '+79221532327' },
  connected: { name: '', number: '' },
  dialplan: { context: 'in', exten: 's', priority: 1, ...dialplan },
  creationtime: '2026-11-20T08:52:34.000+0000',
  channelvars: { 'CHANNEL(linkedid)': `${id}-linked` },
})
const created = (id: string) => ({
  type: 'ChannelCreated',
  timestamp: '2026-11-20T08:52:34.091+0000',
  channel: channel(id),
})
const stasisStart = (id: string) => ({
  type: 'StasisStart',
  timestamp: '2026-11-20T08:52:34.091+0000',
  application: 'callweave',
  args: ['inbound', '7001'],
  channel: channel(id),
})

describe('given an Asterisk that is started anew', () => {
  const restart = async (next: () => Promise<AsteriskMessage>) => {
    for (const open of ari.links) open.terminate()
    await until(next, 'down')
    ari.pbx.startedAt = '2026-11-20T09:00:00.000+0000'
    await until(next, 'up')
    return (await until(next, 'call-events')).events
  }

  test('when the link stands again, then its last sign of life comes before the snapshot, by its own clock', async () => {
    ari.pbx.clockSkewMs = 90_000
    const { next } = connect()
    await until(next, 'call-events')
    const [first, second] = await restart(next)
    expect([first?.kind, second?.kind]).toEqual(['pbx-restarted', 'snapshot'])
    expect(Math.abs((first?.at ?? 0) - Date.now() - 90_000)).toBeLessThan(1000)
  })

  test('when the link stands again after that, then it is not told twice', async () => {
    const { next } = connect()
    await until(next, 'call-events')
    await restart(next)
    expect((await restart(next)).map(({ kind }) => kind)).toEqual(['snapshot'])
  })

  test('when the link had gone silent, then the silence was no life', async () => {
    const { next } = connect({ pingEveryMs: 40, pongWithinMs: 300 })
    await until(next, 'call-events')
    ari.pbx.deaf = true
    const deafAt = Date.now()
    await until(next, 'down')
    const downAt = Date.now()
    ari.pbx.startedAt = '2026-11-20T09:00:00.000+0000'
    ari.pbx.deaf = false
    const [first] = (await until(next, 'call-events')).events
    expect(downAt - deafAt).toBeGreaterThan(290)
    expect((first?.at ?? 0) - deafAt).toBeLessThan(150)
  })
})

test('given a PBX with calls, when the link comes up, then the filter goes out before the subscription and a snapshot comes first', async () => {
  ari.pbx.channels = [channel('1.1')]
  const { next } = connect()
  expect(await next()).toMatchObject({ kind: 'up', version: '22.10.1' })
  const first = await until(next, 'call-events')
  expect(first.events[0]).toMatchObject({ kind: 'snapshot', channels: [{ id: '1.1', linkedid: '1.1-linked' }] })
  const steps = ari.requests.filter((line) => /eventFilter|subscription|GET \/ari\/channels/.test(line))
  expect(steps[0]).toContain('"disallowed":[{"type":"ChannelVarset"},{"type":"ChannelDialplan"}')
  expect(steps[1]).toBe('POST /ari/applications/callweave/subscription?eventSource=channel:,bridge:')
  expect(steps[2]).toBe('GET /ari/channels')
  // What ends with the snapshot is written down in whole milliseconds, as everything else.
  expect(first.events.map(({ at }) => at).filter((at) => !Number.isInteger(at))).toEqual([])
})

test('given an Asterisk whose clock is wrong, when the link comes up, then the skew is known to some milliseconds', async () => {
  ari.pbx.clockSkewMs = 90_000
  const { link, next } = connect()
  const up = await until(next, 'up')
  expect(Math.abs(up.clockSkewMs - 90_000)).toBeLessThan(100)
  expect(Math.abs(link.now() - Date.now() - 90_000)).toBeLessThan(200)
})

test('given a standing link, when a call asks, then the question comes with all that the answer needs', async () => {
  const { next } = connect()
  await until(next, 'call-events')
  ari.say(stasisStart('2.1'))
  expect((await until(next, 'question')).question).toEqual({
    channelId: '2.1',
    linkedid: '2.1-linked',
    did: '7001',
    callerNumber: '+79221532327',
    callerName: 'Пётр',
    askedAt: Date.parse('2026-11-20T08:52:34.091Z'),
    args: ['inbound', '7001'],
  })
})

test('given messages that make no sense, when they arrive, then they are logged, counted and left out, and the stream goes on', async () => {
  const { link, next } = connect()
  await until(next, 'call-events')
  ari.say('{"type":')
  ari.say('[1,2]')
  ari.say({ type: 'StasisStart', application: 'callweave', args: ['inbound'] })
  ari.say({ type: 'SomethingNew', timestamp: '2026-11-20T08:52:34.091+0000' })
  ari.say(created('3.1'))
  expect((await until(next, 'call-events')).events).toMatchObject([{ kind: 'channel-created', channel: { id: '3.1' } }])
  expect(link.status()).toMatchObject({ state: 'up', eventsDropped: 3 })
  expect(logged.filter((line) => line.startsWith('ARI message left out'))).toHaveLength(3)
})

test('given a link on which nothing moves any more, when the pong does not come, then it is ended and a new one stands', async () => {
  const { link, next } = connect({ pingEveryMs: 40, pongWithinMs: 30 })
  await until(next, 'call-events')
  ari.pbx.deaf = true
  expect((await until(next, 'down')).reason).toContain('silent')
  ari.pbx.deaf = false
  await until(next, 'up')
  expect(link.status().reconnects).toBeGreaterThanOrEqual(1)
})

test('given a link that answers pings, when nothing else happens, then it stays', async () => {
  const { link, next } = connect({ pingEveryMs: 20, pongWithinMs: 15 })
  await until(next, 'call-events')
  await new Promise((resolve) => setTimeout(resolve, 120))
  expect(link.status()).toMatchObject({ state: 'up', reconnects: 0 })
})

test('given a link that breaks, when it stands again, then filter, subscription and snapshot are sent for again', async () => {
  const { next } = connect()
  await until(next, 'call-events')
  for (const open of ari.links) open.terminate()
  await until(next, 'down')
  await until(next, 'up')
  expect((await until(next, 'call-events')).events[0]?.kind).toBe('snapshot')
  for (const wanted of ['eventFilter', 'subscription', 'GET /ari/bridges']) {
    expect(
      ari.requests.filter((line) => line.includes(wanted)),
      wanted,
    ).toHaveLength(2)
  }
})

test('given an Asterisk that refuses us for a while, when it takes us again, then the link stands without anybody touching us', async () => {
  ari.pbx.refuse = 503
  const { next } = connect()
  expect((await until(next, 'down')).reason).toContain('503')
  ari.pbx.refuse = undefined
  await until(next, 'up')
})

test('given a wrong password, when the link is tried, then it is said as an error, once, and the process lives', async () => {
  ari.pbx.refuse = 401
  const { link, next } = connect()
  expect((await until(next, 'down')).reason).toContain('401')
  expect(link.status()).toMatchObject({ state: 'down' })
})

test('given API documents that cannot be had, when ari-client fails on them, then the process lives and the next try works', async () => {
  ari.pbx.refuseDocuments = 500
  const { next } = connect()
  expect((await until(next, 'down')).reason).toContain('API documents')
  ari.pbx.refuseDocuments = 200
  await new Promise((resolve) => setTimeout(resolve, 50))
  ari.pbx.refuseDocuments = undefined
  await until(next, 'up')
})

test('given two links in one process, when one is closed, then the other still has its own user and its commands', async () => {
  const { link: first, next } = connect()
  await until(next, 'up')
  const second = createAsterisk({
    ari: { url: ari.url, user: 'somebody', password: 'else', application: 'callweave' },
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    timing: hasty,
  })
  for await (const message of second.messages(stop.signal)) if (message.kind === 'up') break
  await second.commands.hangup('7.2')
  second[Symbol.dispose]()
  await first.commands.hangup('7.1')
  expect(ari.users.filter(([request]) => request.startsWith('DELETE'))).toEqual([
    ['DELETE /ari/channels/7.2', 'somebody:else'],
    ['DELETE /ari/channels/7.1', 'callweave:pä:ss'],
  ])
})

test('given ari-client at work, when what was loaded is looked through, then its old HTTP half is not among it', async () => {
  const { next } = connect()
  await until(next, 'up')
  const loaded = Object.keys(createRequire(import.meta.url).cache)
  expect(loaded.some((file) => file.includes('/node_modules/swagger-client/'))).toBe(true)
  expect(loaded.filter((file) => file.includes('/node_modules/shred/'))).toEqual([])
})

test('given no Asterisk at all, when commands are sent, then they reject with an error of ours', async () => {
  const { link } = connect()
  await expect(link.commands.hangup('1.1')).rejects.toMatchObject({ name: 'AriError', status: undefined })
})

test('given another process that takes the application, when it goes away, then we come back, and not before', async () => {
  const { link, next } = connect()
  await until(next, 'call-events')
  ari.say({ type: 'ApplicationReplaced', application: 'callweave' })
  await until(next, 'replaced')
  const cure = expect.stringContaining('asterisk.ari.application')
  expect(link.status()).toMatchObject({ state: 'standing-by', reason: cure })
  const up = until(next, 'up')
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(ari.links).toHaveLength(0)
  ari.pbx.knowsApplication = false
  await up
  expect(ari.links).toHaveLength(1)
})

test('given channels that a dead process left in our application, when the link comes up, then they go on, and no others', async () => {
  const held = { app_name: 'Stasis', app_data: 'callweave,inbound,7001' }
  ari.pbx.channels = [
    channel('4.1', held),
    channel('4.2'),
    channel('4.3', { app_name: 'Stasis', app_data: 'other,inbound' }),
  ]
  const { link, next } = connect()
  await until(next, 'call-events')
  await eventually(() => link.status().orphansContinued > 0)
  expect(ari.requests.filter((line) => line.includes('/continue'))).toEqual(['POST /ari/channels/4.1/continue'])
})

test('given a caller who asks while we connect, when the list shows the channel, then it is asked for and not let go', async () => {
  const held = { app_name: 'Stasis', app_data: 'callweave,inbound,7001' }
  ari.pbx.channels = [channel('5.1', held)]
  const { next } = connect({ orphanGraceMs: 60 })
  await until(next, 'up')
  ari.say(stasisStart('5.1'))
  await until(next, 'question')
  await new Promise((resolve) => setTimeout(resolve, 120))
  expect(ari.requests.filter((line) => line.includes('/continue'))).toEqual([])
})

test('given an answer, when it is sent, then decision and cleaned name are told as one before the call goes on, and not as a variable of the channel', async () => {
  const { link, next } = connect()
  await until(next, 'up')
  const outcome = await link.commands.answerQuestion('6.1', {
    kind: 'ring',
    extension: '101',
    seconds: 20,
    callerName: 'ООО "Ромашка", $(EXTEN)\r\n',
  })
  expect(outcome).toBe('answered')
  expect(ari.requests.filter((line) => line.includes('6.1'))).toEqual([
    'POST /ari/asterisk/variable?variable=SHARED(CALLWEAVE_ANSWER,6.1)&value=ring,101,20|ООО Ромашка EXTEN',
    'POST /ari/channels/6.1/continue',
  ])
})

test('given an aborted signal, when the stream is read on, then it ends without an error and the link is closed', async () => {
  const { next } = connect()
  await until(next, 'call-events')
  stop.abort()
  await expect(next()).rejects.toThrow('the stream has ended')
  await eventually(() => ari.links.length === 0)
})
