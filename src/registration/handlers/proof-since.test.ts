import { describe, expect, test } from 'vitest'
import { PROOF_MARGIN_MS, proofSince } from './proof-since.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000

describe('given attempts whose outcome nobody knows, when what they wrote is looked for', () => {
  test('then from two minutes before the earliest', () => {
    expect(proofSince([NOW - HOUR, NOW - 5_000], NOW)).toBe(NOW - HOUR - PROOF_MARGIN_MS)
    expect(proofSince([NOW], NOW)).toBe(NOW - PROOF_MARGIN_MS)
  })
  test('then, when one lies in the future, from a day ago: the clock was ahead', () => {
    expect(proofSince([NOW + 3 * HOUR], NOW)).toBe(NOW - 24 * HOUR)
    expect(proofSince([NOW + 1, NOW - 5_000], NOW)).toBe(NOW - 24 * HOUR)
    expect(proofSince([NOW + 40 * 24 * HOUR, NOW - 48 * HOUR], NOW)).toBe(NOW - 48 * HOUR - PROOF_MARGIN_MS)
  })
})
