import { expect, test } from 'vitest'
import { findings, NOW, parts } from '../_watched.ts'
import type { Findings, Parts } from '../parts.ts'
import { conditionsOf } from './conditions.ts'

const limits = {
  linkSeconds: 60,
  databaseMinutes: 15,
  successPercent: 99.9,
  certificateDays: 14,
  diskGigabytes: 1,
  diskPercent: 5,
}
const DAY_MS = 86_400_000
const wrong = (change: Partial<Parts>, found: Partial<Findings> = {}) =>
  conditionsOf({ parts: { ...parts, ...change }, findings: { ...findings, ...found } }, limits, NOW)
const kinds = (change: Partial<Parts>, found: Partial<Findings> = {}) => wrong(change, found).map(({ kind }) => kind)
const down = (seconds: number): Partial<Parts> => ({
  asterisk: { ...parts.asterisk, state: 'down', since: NOW - seconds * 1000, reason: 'refused' },
})
const outbox = (change: Partial<Parts['outbox']>): Partial<Parts> => ({ outbox: { ...parts.outbox, ...change } })
const disk = (freeBytes: number, totalBytes: number): Partial<Findings> => ({
  disks: [{ holds: 'state', directory: '/d', freeBytes, totalBytes }],
})

test('given a house in which all is well, when looked at, then nothing is wrong', () => expect(kinds({})).toEqual([]))

test('given a link that is down, when a minute is over, then it is wrong, and not before; nor when the mode is off', () => {
  expect(kinds(down(60))).toEqual([])
  expect(wrong(down(61))).toEqual([{ name: 'ari-link-lost', kind: 'ari-link-lost', facts: { reason: 'refused' } }])
  expect(kinds({ ...down(600), mode: 'off' })).toEqual([])
})

test('given a CRM that refuses, when it only asks for a moment’s rest, then nothing is wrong; a long rest or a person who is needed is', () => {
  expect(kinds(outbox({ paused: { untilMs: NOW + 5_000, reason: '429' } }))).toEqual([])
  expect(kinds(outbox({ paused: { untilMs: NOW + 600_000, reason: '403' } }))).toEqual(['crm-refuses'])
  expect(kinds({ crm: { ...parts.crm, needsPerson: 'a new token' } })).toEqual(['crm-needs-person'])
  expect(kinds({ crm: { ...parts.crm, needsPerson: 'a new token' }, mode: 'watch' })).toEqual([])
})

test('given a dead letter, when looked at, then it is told how many there are', () =>
  expect(wrong(outbox({ counts: { ...parts.outbox.counts, dead: 3 } }))).toMatchObject([
    { kind: 'dead-letters', facts: { count: 3 } },
  ]))

test('given 1000 calls, when two are not in the CRM, then it is wrong; one is the limit', () => {
  expect(kinds({}, { registered: { calls: 1000, done: 999 } })).toEqual([])
  expect(wrong({}, { registered: { calls: 1000, done: 998 } })).toMatchObject([
    { facts: { percent: 99.8, missing: 2 } },
  ])
  expect(kinds({}, { registered: { calls: 0, done: 0 } })).toEqual([])
})

test('given a certificate, when it ends within 14 days or has ended, then it is wrong', () => {
  expect(kinds({}, { certificateEndsAt: NOW + 14 * DAY_MS })).toEqual([])
  expect(wrong({}, { certificateEndsAt: NOW + 13.5 * DAY_MS })).toMatchObject([{ facts: { days: 13 } }])
  expect(wrong({}, { certificateEndsAt: NOW - DAY_MS })).toMatchObject([{ facts: { days: -1 } }])
  expect(kinds({}, { certificateEndsAt: undefined })).toEqual([])
})

test('given a disk, when less than a gigabyte or a twentieth is free, then it is wrong, each disk for itself', () => {
  expect(kinds({}, disk(1e9, 10e9))).toEqual([])
  expect(kinds({}, disk(0.9e9, 10e9))).toEqual(['disk-low'])
  expect(kinds({}, disk(4e9, 100e9))).toEqual(['disk-low'])
  const [state] = disk(0, 1e9).disks ?? []
  expect(wrong({}, { disks: state ? [state, { ...state, holds: 'recordings' }] : [] })).toHaveLength(2)
})

test('given a database that does not answer, when a quarter of an hour is over, then it is wrong', () => {
  expect(kinds({}, { databaseDownSince: NOW - 15 * 60_000 })).toEqual([])
  expect(wrong({}, { databaseDownSince: NOW - 16 * 60_000 })).toMatchObject([{ facts: { minutes: 16 } }])
})

test('given a test call that failed, when looked at, then the step is told', () =>
  expect(wrong({}, { testCall: { at: NOW, ok: false, failedAt: 'answer', tookMs: 1 } })).toMatchObject([
    { kind: 'test-call-failed', facts: { step: 'answer' } },
  ]))
