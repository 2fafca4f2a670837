import { expect, test } from 'vitest'
import { readRecording } from '../../test/calls/recording.ts'
import { fold } from '../../test/calls/tell.ts'
import { decodeCel } from './decode-cel.ts'

/** Whatever table the rows come from, and however they come, they tell the same calls. */

const stories = ['in-blind-refer', 'in-attended-feature', 'in-queue-local', 'in-pickup', 'in-ivr-digit', 'in-voicemail']
const rowsOf = (name: string) => readRecording({ version: '16', name }).cel
type Row = Readonly<Record<string, unknown>>

function told(rows: readonly Row[]) {
  const leftOut: string[] = []
  const events = decodeCel(rows, { leftOut: (index, reason) => leftOut.push(`${index}: ${reason}`) })
  return { calls: fold(events, 'cel').calls, leftOut }
}

const shapes: Readonly<Record<string, (rows: readonly Row[]) => readonly Row[]>> = {
  'have names in capitals': (rows) =>
    rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name.toUpperCase(), value]))),
  'come from Issabel’s table': (rows) =>
    rows.map(({ extra, ...row }) => ({ ...row, eventextra: extra, userfield: '' })),
  'are the manager interface’s events': (rows) =>
    rows.map(({ eventtype, channame, appname, cid_num, ...row }) => ({
      ...{ EventName: eventtype, Channel: channame, Application: appname, CallerIDnum: cid_num },
      ...row,
    })),
  'have ids that are text': (rows) => rows.map((row, index) => ({ ...row, id: String(index + 1) })),
  'come in no order': (rows) => [
    ...rows.filter((_, index) => index % 3 !== 0),
    ...rows.filter((_, index) => index % 3 === 0),
  ],
  'come newest first': (rows) => rows.toReversed(),
  'come newest first without ids': (rows) => rows.toReversed().map(({ id: _, ...row }) => row),
  'come without ids': (rows) => rows.map(({ id: _, ...row }) => row),
  'were read twice': (rows) => [...rows, ...rows],
  'were written twice': (rows) => rows.flatMap((row, index) => [1, 2].map((n) => ({ ...row, id: index * 2 + n }))),
  'carry dates of the driver': (rows) =>
    rows.map((row) => ({ ...row, eventtime: new Date(`${String(row['eventtime']).replace(' ', 'T')}Z`) })),
  'carry ISO times': (rows) =>
    rows.map((row) => ({ ...row, eventtime: `${String(row['eventtime']).replace(' ', 'T')}.000Z` })),
  'carry times with their zone': (rows) =>
    rows.map((row) => ({ ...row, eventtime: `${shifted(row, 3 * 3600)}.000+03` })),
  'carry seconds since 1970': (rows) => rows.map((row) => ({ ...row, eventtime: seconds(row) })),
  'carry milliseconds since 1970': (rows) => rows.map((row) => ({ ...row, eventtime: seconds(row) * 1000 })),
  'carry times without separators': (rows) =>
    rows.map((row) => ({ ...row, eventtime: String(row['eventtime']).replaceAll(/\D/g, '') })),
}

const seconds = (row: Row) => Date.parse(`${String(row['eventtime']).replace(' ', 'T')}Z`) / 1000
const shifted = (row: Row, by: number) =>
  new Date((seconds(row) + by) * 1000).toISOString().slice(0, 19).replace('T', ' ')

test.each(Object.keys(shapes))('given rows that %s, then they tell the same calls', (shape) => {
  for (const name of stories) {
    const rows = rowsOf(name)
    const other = told(shapes[shape]?.(rows) ?? [])
    expect(other.leftOut).toEqual([])
    expect(other.calls, name).toEqual(told(rows).calls)
  }
})

test('given Asterisk has a system name, then ids and linkedids keep it and the time is still read from them', () => {
  const rows = rowsOf('in-blind-refer')
  const named = JSON.parse(JSON.stringify(rows).replaceAll(/(?<=\\?")(\d{10}\.\d+)(?=\\?")/g, 'pbx1-$1'))
  const local = named.map((row: Row) => ({ ...row, eventtime: shifted(row, 3 * 3600) }))
  const [call] = told(local).calls
  const [plain] = told(rows).calls
  expect(call).toEqual({ ...plain, id: `pbx1-${plain?.id}`, linkedids: plain?.linkedids.map((id) => `pbx1-${id}`) })
})

test('given some rows were written half a minute late, then each goes back to its time', () => {
  const rows = rowsOf('in-blind-refer').map((row, index) => ({ ...row, id: index }))
  const late = rows.map((row) => (row.eventtype === 'HANGUP' ? { ...row, id: row.id + 10_000 } : row))
  const early = rows.findIndex(({ eventtype }) => eventtype === 'HANGUP')
  expect(early).toBeLessThan(rows.length - 2)
  const brief = (table: readonly Row[]) =>
    told(table).calls.map(({ talkSeconds, people, result, endedAt }) => ({ talkSeconds, people, result, endedAt }))
  expect(brief(late)).toEqual(brief(rows))
})

test('given rows that tell no time or are none, then they are left out one by one and named', () => {
  const rows: unknown[] = [...rowsOf('in-blind-refer')]
  const broken = [null, 7, 'row', [], {}, { eventtype: 'HANGUP' }, { ...rowsOf('in-pickup')[0], eventtime: 'soon' }]
  rows.splice(3, 0, ...broken)
  const { calls, leftOut } = told(rows as Row[])
  expect(calls).toEqual(told(rowsOf('in-blind-refer')).calls)
  expect(leftOut).toEqual([
    ...['3: no table row', '4: no table row', '5: no table row', '6: no table row'],
    ...['7: no eventtype', '8: no eventtime', '9: eventtime "soon" is no time'],
  ])
})

test('given a table without extra, then the call says what is lost; with it nothing is', () => {
  const rows = rowsOf('in-blind-refer')
  expect(told(rows).calls.map(({ lost }) => lost)).toEqual([undefined])
  const bare = told(rows.map(({ extra: _, ...row }) => row)).calls
  expect(bare).toMatchObject([{ answered: true, lost: ['hangupCause', 'transfers', 'ivr'], hangupCause: undefined }])
  const missed = told(readRecording({ version: '16', name: 'out-busy' }).cel.map(({ extra: _, ...row }) => row)).calls
  expect(missed).toMatchObject([{ answered: false, lost: ['result', 'hangupCause', 'transfers', 'ivr'] }])
})

test('given a short column cut extra off, then what stands before the cut is read', () => {
  const rows = rowsOf('out-busy')
  const cut = rows.map((row) => ({ ...row, extra: `${String(row['extra']).slice(0, -1)},"more":"than fi` }))
  expect(told(cut.map((row, index) => (rows[index]?.['extra'] ? row : { ...row, extra: '' }))).calls).toEqual(
    told(rows).calls,
  )
})
