import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { readRecording } from '../../test/calls/recording.ts'
import { interpretCommand } from './interpret.ts'

/** A recording is told the same in whatever form people send it. */

const directory = mkdtempSync(join(tmpdir(), 'callweave-inputs-'))
const config = write('config.json', '{"staff":{"internal":"^1\\\\d\\\\d$"}}')

function write(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

async function told(content: string | Buffer, ...args: readonly string[]) {
  const path = write('recording', content)
  let [out, err] = ['', '']
  const code = await interpretCommand(['--config', config, ...args, path], {
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text.replaceAll(path, 'FILE')) },
  })
  return { code, out, err }
}

const { ari, cel } = readRecording({ version: '22', name: 'in-blind-refer' })
const lines = ari.map((message) => JSON.stringify(message)).join('\n')
const rows = JSON.stringify(cel)
const big = Buffer.from(lines, 'utf16le').swap16()

const exported = (data: unknown) =>
  JSON.stringify([
    { type: 'header', version: '5.2.1', comment: 'Export to JSON plugin for PHPMyAdmin' },
    { type: 'database', name: 'asteriskcdrdb' },
    { type: 'table', name: 'cel', database: 'asteriskcdrdb', data },
  ])
const columns = Object.keys(cel[0] ?? {})
const escaped = (value: unknown) =>
  value === null ? 'NULL' : String(value).replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
const batch = [columns.join('\t'), ...cel.map((row) => columns.map((name) => escaped(row[name])).join('\t'))].join('\n')

test.each<readonly [string, string | Buffer, string]>([
  ['a JSON array of messages', `[${lines.replaceAll('\n', ',\n')}]`, lines],
  ['lines that end with CR LF', `${lines.replaceAll('\n', '\r\n')}\r\n`, lines],
  ['empty lines between', lines.replaceAll('\n', '\n\n  \n'), lines],
  ['marks of a terminal client', `< ${lines.replaceAll('\n', '\n< ')}`, lines],
  ['UTF-8 with a byte order mark', `\uFEFF${lines}`, lines],
  ['UTF-16 with a byte order mark', Buffer.from(`\uFEFF${lines}`, 'utf16le'), lines],
  ['UTF-16 without one', Buffer.from(lines, 'utf16le'), lines],
  ['UTF-16, the other way round', big, lines],
  ['gzip', gzipSync(lines), lines],
  ['gzip of UTF-16', gzipSync(Buffer.from(`\uFEFF${rows}`, 'utf16le')), rows],
  ['rows one a line', cel.map((row) => JSON.stringify(row)).join('\n'), rows],
  ['phpMyAdmin’s export', exported(cel), rows],
  [
    'an older phpMyAdmin’s export',
    `/**\n Export to JSON\n*/\n\n// Database 'asteriskcdrdb'\n\n// asteriskcdrdb.cel\n\n${rows}`,
    rows,
  ],
  ['what mysql --batch prints', batch, rows],
  ['the same from Windows', batch.replaceAll('\n', '\r\n'), rows],
])('given %s, then the same calls are told', async (_what, content, plain) => {
  const expected = await told(plain)
  expect(expected).toMatchObject({ code: 0, err: '', out: expect.stringContaining('"transfers":[{"kind":"blind"') })
  expect(await told(content)).toEqual(expected)
})

test('given a single message over several lines, then it is read', async () => {
  const { code, err, out } = await told(JSON.stringify(ari[0], null, 2))
  expect({ code, err }).toEqual({ code: 0, err: '' })
  expect(out).toContain('"endedAt":null')
})

test.each<readonly [string, string | Buffer, string]>([
  ['gzip that was cut off', gzipSync(lines).subarray(0, 200), 'send it again, the end may be missing'],
  ['a ZIP archive', Buffer.from('PK\u0003\u0004rest'), 'unpack it first'],
  ['a table that was drawn', '+----+\n| id |\n+----+\n| 1  |', 'or as `mysql --batch` prints them'],
  ['an array that was cut off', rows.slice(0, 500), 'export the rows again, the end may be missing'],
])('given %s, then the cure is told with the name of the file', async (_what, content, cure) => {
  const { code, out, err } = await told(content)
  expect({ code, out }).toEqual({ code: 1, out: '' })
  expect(err).toContain('callweave interpret: FILE: ')
  expect(err).toContain(cure)
})

test('given an empty file, then there is nothing to tell', async () => {
  expect(await told('')).toMatchObject({ code: 0, out: '' })
})

test('given the other source, then it is said that nothing was found and what it may be', async () => {
  expect((await told(rows, '--source', 'ari')).err).toContain(
    'nothing in it is an ARI message about a call; is it --source cel?',
  )
  expect((await told(lines, '--source', 'cel')).err).toContain('nothing in it is a CEL row; is it --source ari?')
})

test('given messages and rows that cannot be read, then each is named with its place, and the rest is told', async () => {
  const expected = await told(lines)
  const broken = [
    '{"type":"ChannelCreated"}',
    '7',
    '{"type":"Dial","timestamp":"2026-11-20T08:00:00.000+0000"}',
    '{"type',
  ]
  const { code, out, err } = await told(`${broken.join('\n')}\n{"type":"Unheard"}\n${lines}`)
  expect({ code, out }).toEqual({ code: 0, out: expected.out })
  expect(err.split('\n')).toEqual([
    'FILE: line 4: not JSON, left out',
    'FILE: line 1: ChannelCreated: timestamp is no time, left out',
    'FILE: line 2: no JSON object, left out',
    'FILE: line 3: Dial: peer is missing or lacks what is read of it, left out',
    '',
  ])
  const row = await told(JSON.stringify([{ eventtype: 'HANGUP', eventtime: 'soon', uniqueid: '1.1' }, ...cel]))
  expect(row).toEqual({ ...(await told(rows)), err: 'FILE: row 1: eventtime "soon" is no time, left out\n' })
})

test('given hundreds that cannot be read, then twenty are named and all are counted', async () => {
  const { err } = await told(`${'{\n'.repeat(300)}${lines}`)
  expect(err.trimEnd().split('\n')).toHaveLength(21)
  expect(err).toContain('FILE: 300 left out in all')
})

test('given CEL rows without extra, then the call says what is lost', async () => {
  const { out } = await told(JSON.stringify(cel.map(({ extra: _, ...row }) => row)))
  expect(JSON.parse(out)).toMatchObject({ hangupCause: null, lost: ['hangupCause', 'transfers', 'ivr'] })
})
