import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRecording } from '../../test/calls/recording.ts'
import { interpretCommand } from './interpret.ts'

const directory = mkdtempSync(join(tmpdir(), 'callweave-interpret-'))

function file(name: string, content: string): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const recorded = (name: string) => readRecording({ version: '22', name })
const ariLines = (name: string) =>
  recorded(name)
    .ari.map((message) => JSON.stringify(message))
    .join('\n')
const ariFile = (name: string) => file(`${name}.ndjson`, ariLines(name))
const celFile = (name: string) => file(`${name}.json`, JSON.stringify(recorded(name).cel))

const config = file(
  'config.json',
  '{"staff":{"internal":"^1\\\\d\\\\d$","people":[{"extension":"101","user":7000001,"mobiles":["79990001122"]}]}}',
)

async function run(...args: readonly string[]) {
  let [out, err] = ['', '']
  const code = await interpretCommand(args, {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  })
  const calls = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Record<string, unknown> => JSON.parse(line))
  return { code, calls, err }
}

test('given ARI messages, then one JSON object a call is printed with exactly the fields of the design', async () => {
  const { code, calls, err } = await run('--config', config, ariFile('in-blind-refer'))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(calls).toHaveLength(1)
  const fields =
    'id linkedids direction client line startedAt endedAt answered result waitSeconds talkSeconds responsible hangupCause evidence people transfers ivr recordings'
  expect(Object.keys(calls[0] ?? {})).toEqual(fields.split(' '))
  const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
  expect(calls[0]).toMatchObject({
    startedAt: iso,
    endedAt: iso,
    evidence: 'live',
    transfers: [{ kind: 'blind', from: '101', to: '103', at: iso }],
  })
  expect(JSON.stringify(calls[0]?.['people'])).toMatch(
    /^\[\{"extension":"101","rang":true,"rangSeconds":[\d.]+,"talkSeconds":[\d.]+,"holdSeconds":0\}/,
  )
})

test('given a call that opted out, then neither witness prints it, also while it is up, and the other call is printed', async () => {
  const lines = ariLines('in-answered')
  const other = ariLines('in-blind-refer')
  const skipped = lines.replaceAll('"CALLWEAVE_SKIP":""', '"CALLWEAVE_SKIP":"1"')
  expect(skipped).not.toBe(lines)
  const both = await run('--config', config, file('skipped.ndjson', `${skipped}\n${other}`))
  expect(both.calls).toMatchObject([{ transfers: [{ to: '103' }] }])
  const half = skipped.split('\n').slice(0, 6).join('\n')
  expect((await run('--config', config, file('half-skipped.ndjson', half))).calls).toEqual([])

  const rows = recorded('in-answered').cel
  const mark = {
    eventtype: 'callweave',
    userdeftype: 'callweave',
    appdata: 'callweave,skip',
    extra: '{"extra":"skip"}',
  }
  const marked = rows.flatMap((row, index) => (index === 0 ? [row, { ...row, ...mark }] : [row]))
  expect((await run('--config', config, file('skipped.json', JSON.stringify(marked)))).calls).toEqual([])
})

test('given CEL rows, then the source is guessed and the evidence says so', async () => {
  const { calls } = await run('--config', config, celFile('in-answered'))
  expect(calls).toMatchObject([{ evidence: 'cel', result: 'answered', responsible: '101' }])
})

test('given a recording that stops in the middle of a call, then the call is told without an end', async () => {
  const lines = ariLines('in-answered').split('\n')
  const until = lines.findIndex((line) => line.includes('ChannelHangupRequest'))
  const { calls } = await run('--config', config, file('half.ndjson', lines.slice(0, until).join('\n')))
  expect(calls).toMatchObject([{ endedAt: null, result: null, hangupCause: null, answered: true, talkSeconds: 0 }])
})

test('given a broken line, then it is named and the rest is told', async () => {
  const text = ariLines('in-answered')
  const path = file('broken.ndjson', `{"type":"Chan\n${text}`)
  const { code, calls, err } = await run('--config', config, path)
  expect({ code, calls: calls.length, err }).toEqual({
    code: 0,
    calls: 1,
    err: `${path}: line 1: not JSON, left out\n`,
  })
})

test.each([
  [[], 'FILE is missing'],
  [['--source', 'cdr', 'x'], '--source is ari or cel, not "cdr"'],
  [['a', 'b'], 'one FILE at a time'],
  [['--odd', 'a'], "Unknown option '--odd'"],
])('given the arguments %j, then usage is shown', async (args, reason) => {
  const { code, err } = await run(...args)
  expect(code).toBe(2)
  expect(err).toContain(reason)
  expect(err).toContain('usage: callweave interpret')
})

test.each([
  ['a file that is not there', join(directory, 'nowhere'), 'no such file'],
  ['a directory', directory, 'is a directory'],
  ['a broken array', file('array.json', '[{"eventtype":'), 'the JSON array is broken'],
  ['something else', file('else.json', '[{"a":1}]'), 'say which with --source'],
])('given %s, then the cure is told', async (_, path, reason) => {
  const { code, calls, err } = await run('--config', config, path)
  expect({ code, calls }).toEqual({ code: 1, calls: [] })
  expect(err).toContain(reason)
})

test.each([
  ['{"staff":{"internal":"^1("}}', 'staff.internal: is no regular expression'],
  ['{}', 'staff: '],
  ['{"staff":{"people":[{}]}}', 'staff.people.0.extension: '],
  ['{"staff":{},"database":{"timeZone":"Moscow"}}', 'database.timeZone: is no IANA time zone'],
  ['{', 'not JSON'],
])('given the configuration %s, then every wrong key is named', async (text, reason) => {
  const { code, err } = await run('--config', file('wrong.json', text), celFile('in-answered'))
  expect(code).toBe(1)
  expect(err).toContain(reason)
})
