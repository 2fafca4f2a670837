import type { Findings, Parts } from '../parts.ts'
import { successShare } from '../status-tree.ts'

/** What somebody is told about. The words stay: receivers sort by them. */
export const alertKinds = [
  'ari-link-lost',
  'crm-needs-person',
  'crm-refuses',
  'dead-letters',
  'success-below',
  'certificate-ends',
  'disk-low',
  'database-unreachable',
  'test-call-failed',
  'restarted-after-crash',
] as const
export type AlertKind = (typeof alertKinds)[number]

/** Something that is wrong at this moment. */
export interface Condition {
  /** Two of the same name are one alert. */
  readonly name: string
  readonly kind: AlertKind
  /** What the sentence is filled with; no secret, no client. */
  readonly facts: Readonly<Record<string, string | number>>
}

export interface AlertLimits {
  readonly linkSeconds: number
  readonly databaseMinutes: number
  readonly successPercent: number
  readonly certificateDays: number
  readonly diskGigabytes: number
  readonly diskPercent: number
}

export interface Seen {
  readonly parts: Pick<Parts, 'mode' | 'asterisk' | 'crm' | 'outbox'>
  readonly findings: Findings
}

const DAY_MS = 86_400_000
const GIGABYTE = 1e9

/** Everything that is wrong. Pure. @param now epoch milliseconds */
export function conditionsOf({ parts, findings }: Seen, limits: AlertLimits, now: number): readonly Condition[] {
  const on = parts.mode === 'on'
  return [
    ...(parts.mode === 'off' ? [] : linkLost(parts, limits, now)),
    ...(on ? crm(parts, now) : []),
    ...(parts.outbox.counts.dead > 0 ? [one('dead-letters', { count: parts.outbox.counts.dead })] : []),
    ...(on ? success(findings, limits) : []),
    ...certificate(findings, limits, now),
    ...disks(findings, limits),
    ...(parts.mode === 'off' ? [] : database(findings, limits, now)),
    ...(findings.testCall?.ok === false ? [one('test-call-failed', { step: findings.testCall.failedAt })] : []),
  ]
}

function one(kind: AlertKind, facts: Condition['facts'] = {}): Condition {
  return { name: kind, kind, facts }
}

function linkLost({ asterisk }: Seen['parts'], { linkSeconds }: AlertLimits, now: number): readonly Condition[] {
  const { state, since, reason = '' } = asterisk
  return state !== 'up' && now - since > linkSeconds * 1000 ? [one('ari-link-lost', { reason })] : []
}

/** Every busy account rests for a second now and then; that is nobody's business. */
const RESTS_LONG_MS = 60_000

function crm({ crm: { needsPerson }, outbox: { paused } }: Seen['parts'], now: number): readonly Condition[] {
  if (needsPerson !== undefined) return [one('crm-needs-person', { what: needsPerson })]
  return paused && paused.untilMs - now > RESTS_LONG_MS ? [one('crm-refuses', { reason: paused.reason })] : []
}

function success({ registered }: Findings, { successPercent }: AlertLimits): readonly Condition[] {
  const percent = successShare(registered) * 100
  if (percent >= successPercent) return []
  // Rounded down: 99.96 must not read as "100 %, below 99.9 %".
  return [one('success-below', { percent: Math.floor(percent * 10) / 10, missing: registered.calls - registered.done })]
}

function certificate({ certificateEndsAt }: Findings, { certificateDays }: AlertLimits, now: number) {
  if (certificateEndsAt === undefined) return []
  const days = Math.floor((certificateEndsAt - now) / DAY_MS)
  return days < certificateDays ? [one('certificate-ends', { days })] : []
}

function disks({ disks: all }: Findings, { diskGigabytes, diskPercent }: AlertLimits): readonly Condition[] {
  return all
    .filter(({ freeBytes, totalBytes }) => {
      return freeBytes < diskGigabytes * GIGABYTE || freeBytes < (totalBytes * diskPercent) / 100
    })
    .map(({ holds, directory, freeBytes }) => ({
      name: `disk-low/${holds}`,
      kind: 'disk-low',
      facts: { directory, gigabytes: Math.floor((freeBytes / GIGABYTE) * 10) / 10 },
    }))
}

function database({ databaseDownSince: since }: Findings, { databaseMinutes }: AlertLimits, now: number) {
  const minutes = since === undefined ? 0 : Math.floor((now - since) / 60_000)
  return since !== undefined && now - since > databaseMinutes * 60_000 ? [one('database-unreachable', { minutes })] : []
}
