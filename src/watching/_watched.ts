import type { Findings, Parts } from './parts.ts'
import type { Watched } from './status-tree.ts'

export const NOW = 1_800_000_000_000

/** A house in which all is well. */
export const parts: Parts = {
  version: '1.2.3',
  mode: 'on',
  pbx: 'main',
  upSeconds: 60,
  asterisk: { state: 'up', since: NOW - 60_000, reason: undefined, reconnects: 0, eventsSeen: 10, eventsDropped: 0 },
  calls: { live: 2, noise: 1 },
  reconciliation: { waiting: 0, trouble: undefined },
  routing: { asked: 3, answered: 3, late: 0, failed: 0 },
  staff: { people: 3, users: { known: 4, readAt: NOW } },
  cards: { browsers: 2 },
  crm: { host: 'acme.amocrm.ru', needsPerson: undefined, expiresAt: undefined },
  outbox: {
    counts: { waiting: 1, sending: 1, unproven: 1, done: 10, dead: 0 },
    underWay: 1,
    paused: undefined,
    oldestOpenAt: NOW - 5_000,
  },
  contactIndex: { complete: true, clients: 1000, cursor: NOW - 30_000 },
  recordings: { converter: 'sox', converting: 1 },
  memoryMb: 100,
  hooks: { 'lead-creation': { on: true, runs: 5, failures: 1 } },
}

export const findings: Findings = {
  registered: { calls: 1000, done: 1000 },
  disks: [{ holds: 'state', directory: '/var/lib/callweave', freeBytes: 50e9, totalBytes: 100e9 }],
  certificateEndsAt: NOW + 90 * 86_400_000,
  databaseDownSince: undefined,
  testCall: { at: NOW - 1000, ok: true, failedAt: '', tookMs: 20 },
}

export const watched: Watched = { parts, findings, alerts: [], errors: {}, now: NOW }
