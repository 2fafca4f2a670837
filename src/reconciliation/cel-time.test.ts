import { expect, test } from 'vitest'
import { readCelRows } from './cel-row.ts'
import { celTimes } from './cel-time.ts'

type Told = readonly [eventtype: string, eventtime: string | number, uniqueid: string]

/** The instants as UTC clock times. */
function times(told: readonly Told[], timeZone?: string): readonly (string | undefined)[] {
  const rows = told.map(([eventtype, eventtime, uniqueid], id) => ({
    id,
    eventtype,
    eventtime,
    uniqueid,
    channame: 'PJSIP/x-1',
  }))
  return celTimes(readCelRows(rows), timeZone).map((at) =>
    at === undefined ? undefined : new Date(at).toISOString().slice(5, -1),
  )
}

const epoch = (iso: string) => Date.parse(iso) / 1000

test('given rows in Moscow time, when a plain uniqueid gives the epoch, then they are instants', () => {
  const id = `${epoch('2026-11-20T08:00:00Z')}.1`
  expect(
    times([
      ['CHAN_START', '2026-11-20 11:00:00', id],
      ['HANGUP', '2026-11-20 11:00:09', id],
    ]),
  ).toEqual(['11-20T08:00:00.000', '11-20T08:00:09.000'])
})

test('given fractions, an epoch number or a T between date and time, then each form is read', () => {
  const id = `pbx-${epoch('2026-11-20T08:00:00Z')}.1`
  expect(times([['CHAN_START', '2026-11-20 13:30:00.250000', id]])).toEqual(['11-20T08:00:00.250'])
  expect(times([['CHAN_START', '2026-11-20T08:00:00.000Z', id]])).toEqual(['11-20T08:00:00.000'])
  expect(times([['CHAN_START', epoch('2026-11-20T08:00:00Z') + 0.5, id]])).toEqual(['11-20T08:00:00.500'])
  expect(times([['CHAN_START', 'soon', id]])).toEqual([undefined])
})

test('given no uniqueid that tells the time, then the rows are taken as they stand, or by the zone that is given', () => {
  const told = [['CHAN_START', '2026-11-20 11:00:00', 'cw-click-1']] as const
  expect(times(told)).toEqual(['11-20T11:00:00.000'])
  expect(times(told, 'Europe/Moscow')).toEqual(['11-20T08:00:00.000'])
})

test('given an id somebody chose between plain ones, then the neighbours give the offset', () => {
  const plain = `${epoch('2026-11-20T08:00:05Z')}.1`
  const told = [
    ['CHAN_START', '2026-11-20 11:00:00', 'cw-1'],
    ['CHAN_START', '2026-11-20 11:00:05', plain],
  ] as const
  expect(times(told)[0]).toBe('11-20T08:00:00.000')
})

/** Berlin, 25 October 2026: 03:00 summer time (01:00 UTC) is 02:00 again. */
const first = `${epoch('2026-10-25T00:30:00Z')}.1`
const across = `${epoch('2026-10-25T00:59:50Z')}.2`
const second = `${epoch('2026-10-25T01:30:00Z')}.3`
const doubled: readonly Told[] = [
  ['CHAN_START', '2026-10-25 02:30:00', first],
  ['HANGUP', '2026-10-25 02:31:00', first],
  ['CHAN_START', '2026-10-25 02:59:50', across],
  ['HANGUP', '2026-10-25 02:00:10', across],
  ['CHAN_START', '2026-10-25 02:30:00', second],
  ['HANGUP', '2026-10-25 02:31:00', second],
]

test.each([undefined, 'Europe/Berlin'])(
  'given the doubled hour, also a call across it, then every row finds its own half (zone %s)',
  (zone) => {
    expect(times(doubled, zone)).toEqual(
      ['00:30:00', '00:31:00', '00:59:50', '01:00:10', '01:30:00', '01:31:00'].map((clock) => `10-25T${clock}.000`),
    )
  },
)

test('given the hour that is left out in spring, when a later call shows the new offset, then a call across it lasts seconds', () => {
  const over = `${epoch('2026-03-29T00:59:50Z')}.1`
  const after = `${epoch('2026-03-29T01:05:00Z')}.2`
  const told: readonly Told[] = [
    ['CHAN_START', '2026-03-29 01:59:50', over],
    ['HANGUP', '2026-03-29 03:00:10', over],
    ['CHAN_START', '2026-03-29 03:05:00', after],
  ]
  expect(times(told)).toEqual(['03-29T00:59:50.000', '03-29T01:00:10.000', '03-29T01:05:00.000'])
  expect(times(told.slice(0, 2), 'Europe/Berlin')).toEqual(['03-29T00:59:50.000', '03-29T01:00:10.000'])
})
