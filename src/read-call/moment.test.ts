import { describe, expect, test } from 'vitest'
import { momentOf } from './moment.ts'

const MOSCOW = 'Europe/Moscow'
const BERLIN = 'Europe/Berlin'
const told = (text: string, zone = MOSCOW) => {
  const moment = momentOf(text, zone)
  return moment && [new Date(moment.from).toISOString(), new Date(moment.to).toISOString()]
}

describe('given a date as scripts write it', () => {
  test('when it is one second, minute or day of the PBX, then all of it is meant', () => {
    const second = ['2026-11-20T11:05:00.000Z', '2026-11-20T11:05:00.999Z']
    expect(told('2026-11-20 14:05:00')).toEqual(second)
    expect(told('2026-11-20T14:05:00')).toEqual(second)
    expect(told('2026-11-20 14:05')).toEqual(['2026-11-20T11:05:00.000Z', '2026-11-20T11:05:59.999Z'])
    expect(told('2026-11-20')).toEqual(['2026-11-19T21:00:00.000Z', '2026-11-20T20:59:59.999Z'])
  })

  test('when it tells its own zone, then that holds, also without the plus that an address has lost', () => {
    const second = ['2026-11-20T09:05:00.000Z', '2026-11-20T09:05:00.999Z']
    for (const zone of ['+05:00', '+0500', ' 05:00']) expect(told(`2026-11-20T14:05:00${zone}`)).toEqual(second)
    expect(told('2026-11-20T09:05:00Z')).toEqual(second)
    expect(told('2026-11-20T09:05:00.250Z')).toEqual(['2026-11-20T09:05:00.250Z', '2026-11-20T09:05:00.250Z'])
    expect(told('2026-11-20T05:05:00-04:00')).toEqual(second)
  })

  test('when it is Unix time, then seconds and milliseconds are told apart by their length', () => {
    expect(told('1795164754')).toEqual(['2026-11-20T08:52:34.000Z', '2026-11-20T08:52:34.999Z'])
    expect(told('1795164754.5')).toEqual(['2026-11-20T08:52:34.500Z', '2026-11-20T08:52:34.500Z'])
    expect(told('1795164754091')).toEqual(['2026-11-20T08:52:34.091Z', '2026-11-20T08:52:34.091Z'])
  })

  test('when clocks go back, then both of a doubled hour are meant, and the day has twenty-five hours', () => {
    expect(told('2026-10-25 02:30:00', BERLIN)).toEqual(['2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.999Z'])
    expect(told('2026-10-25', BERLIN)).toEqual(['2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z'])
  })

  test('when clocks go forward, then a time that was never shown lies around the jump', () => {
    const [from = '', to = ''] = told('2026-03-29 02:30:00', BERLIN) ?? []
    expect(from < to).toBe(true)
    expect(from.slice(0, 10)).toBe('2026-03-29')
  })

  test('when it is none, then that is told', () => {
    const none = ['', 'yesterday', '20.11.2026', '2026-02-31', '2026-11-20 25:00:00', '20261120', '179516475', '-1']
    for (const text of none) expect(momentOf(text, MOSCOW), text).toBeUndefined()
  })
})
