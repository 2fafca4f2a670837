import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createCsvReader } from './csv-reader.ts'
import { DatabaseUnreachable, SchemaUnusable } from './database-error.ts'

const directory = mkdtempSync(join(tmpdir(), 'callweave-csv-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

const START = Date.UTC(2026, 10, 20, 8)

/** A record as cdr_csv writes it. @param zone hours east of UTC of the PBX's clock */
function record(at: number, { zone = 3, uniqueid = `${at / 1000}.7`, name = '' } = {}): string {
  const local = (ms: number) => new Date(ms + zone * 3_600_000).toISOString().slice(0, 19).replace('T', ' ')
  const texts = ['', '79221532327', '7001', 'from-trunk', `""${name}"" <79221532327>`, 'PJSIP/trunk-00000001']
  const more = ['PJSIP/101-00000002', 'Dial', 'PJSIP/101,20,tT', local(at), local(at + 2000), local(at + 10_000)]
  const head = [...texts, ...more].map((cell) => `"${cell}"`).join(',')
  return `${head},10,8,"ANSWERED","DOCUMENTATION","${uniqueid}",""\n`
}

function reader(text: string, timeZone?: string) {
  const file = join(directory, 'Master.csv')
  writeFileSync(file, text)
  return createCsvReader(file, timeZone)
}

test('given a file in the PBX’s local time, then its uniqueids give the zone, and quotes and commas are text', async () => {
  const rows = await reader(record(START, { name: 'Иванов, Пётр' })).startedBetween(START - 1000, START + 1000)
  expect(rows).toEqual([
    {
      ...{ startedAt: START, uniqueid: `${START / 1000}.7`, linkedid: '', source: '79221532327', destination: '7001' },
      ...{ channel: 'PJSIP/trunk-00000001', destinationChannel: 'PJSIP/101-00000002', disposition: 'ANSWERED' },
      ...{
        durationSeconds: 10,
        billableSeconds: 8,
        did: '',
        recording: '',
        lastApp: 'Dial',
        lastData: 'PJSIP/101,20,tT',
      },
    },
  ])
})

test('given a file of years, then it is read from its end, and only what was asked for comes', async () => {
  const name = 'я'.repeat(40)
  const old = Array.from({ length: 12_000 }, (_, at) => record(START - (12_000 - at) * 600_000, { name })).join('')
  const rows = await reader(`${old}${record(START)}${record(START + 60_000)}`).startedBetween(START, START + 30_000)
  expect(rows.map(({ startedAt }) => startedAt)).toEqual([START])
  const before = await reader(`${old}${record(START)}`).startedBetween(START - 5_000 * 600_000, START - 4_999 * 600_000)
  expect(before).toHaveLength(2)
})

test('given records without an id, then the configured zone counts, and each channel is known by name and start', async () => {
  const rows = await reader(record(START, { uniqueid: '' }), 'Europe/Moscow').startedBetween(START, START)
  expect(rows).toMatchObject([{ startedAt: START, uniqueid: 'PJSIP/trunk-00000001 2026-11-20 11:00:00' }])
})

test('given a record that is still being written, then the others count; and what is no such file says so', async () => {
  const rows = await reader(`${record(START)}"","7922`).startedBetween(START, START)
  expect(rows).toHaveLength(1)
  await expect(reader('a,b\nc,d\n').startedBetween(START, START)).rejects.toThrow(SchemaUnusable)
  await expect(createCsvReader('/nowhere/Master.csv').startedBetween(0, 1)).rejects.toThrow(DatabaseUnreachable)
})
