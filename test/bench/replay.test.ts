import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { decodeQuestion } from '../../src/asterisk/question.ts'
import { readCallTemplate, replayed } from './replay.ts'

let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'callweave-replay-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const channel = {
  id: '1795164754.2',
  name: 'PJSIP/trunk-0000000a',
  caller: { name: '', number: '+79221532327' },
  channelvars: { 'CHANNEL(linkedid)': '1795164754.2' },
}
const recorded = [
  { type: 'ChannelCreated', timestamp: '2026-11-20T08:52:34.000+0000', channel },
  { type: 'ChannelVarset', timestamp: '2026-11-20T08:52:34.001+0000', variable: 'X', value: '1', channel },
  {
    type: 'ChannelDialplan',
    timestamp: '2026-11-20T08:52:34.100+0000',
    dialplan_app: 'Stasis',
    dialplan_app_data: 'callweave,inbound,7920',
    channel,
  },
  { type: 'ChannelDestroyed', timestamp: '2026-11-20T08:52:36.000+0000', cause: 16, channel },
]

test('given a recorded call, when it is replayed twice, then ids, times and number are fresh and agree within each', async () => {
  const file = join(directory, 'call.ndjson')
  await writeFile(file, recorded.map((message) => JSON.stringify(message)).join('\n'))
  const template = await readCallTemplate(file, 'callweave')
  const start = Date.parse('2026-11-20T12:00:00Z')
  const [first, second] = [1, 2].map((number) => replayed(template, number, start, '+79990001122', 10))

  const messages = first?.map(({ text }) => JSON.parse(text)) ?? []
  expect(messages.map(({ type }) => type)).toEqual(['ChannelCreated', 'StasisStart', 'ChannelDestroyed'])
  expect(first?.map(({ at }) => at - start)).toEqual([0, 10, 200])
  expect(messages[2].timestamp).toBe('2026-11-20T12:00:00.200+0000')
  const ids = messages.flatMap((message) => [message.channel.id, message.channel.channelvars['CHANNEL(linkedid)']])
  expect(new Set(ids).size).toBe(1)
  expect(second?.[0]?.text).not.toContain(ids[0])
  expect(messages[0].channel.name).not.toBe(channel.name)
  expect(decodeQuestion(messages[1], 'callweave')).toMatchObject({
    kind: 'question',
    question: { did: '7920', callerNumber: '+79990001122', askedAt: start + 10 },
  })
})
