import { describe, expect, test } from 'vitest'
import { type Figure, isMet } from './measurement.ts'
import { figureLine, renderFindings, withSection } from './table.ts'

const latency: Figure = {
  what: 'p99',
  unit: 'ms',
  ours: 12.345,
  baseline: { what: 'bare', value: 10 },
  target: { of: 'ours', most: 20 },
}

describe('given figures of a run', () => {
  test('when they are rendered, then each is a row with baseline, ratio, target and verdict', () => {
    const text = renderFindings({ figures: [latency], notes: ['300 calls.'] }, new Date('2026-11-20T11:30:00Z'))
    expect(text).toBe(
      [
        'Measured 2026-11-20 11:30 UTC.',
        '',
        '| | Callweave | baseline | ratio | target | |',
        '|---|---:|---:|---:|---:|---|',
        '| p99 | 12.3 ms | 10 ms (bare) | 1.23 × | ≤ 20 ms | met |',
        '',
        '* 300 calls.',
      ].join('\n'),
    )
  })

  test('when a target is missed, then the table says so and so does the line of progress', () => {
    const missed: Figure = { ...latency, target: { of: 'ratio', most: 1.2 } }
    expect(renderFindings({ figures: [missed], notes: [] }, new Date(0))).toContain('| ≤ 1.2 × | **not met** |')
    expect(figureLine(missed)).toBe('p99: 12.3 ms, bare: 10 ms, ratio 1.23, target ≤ 1.2 ×: **not met**')
  })

  test('when nothing was asked for, then nothing is said to be met', () => {
    const { target: _target, ...free } = latency
    expect(isMet(free)).toBeUndefined()
    expect(renderFindings({ figures: [free], notes: [] }, new Date(0))).toContain('| 1.23 × |  |  |')
  })

  test('when a figure is no number, then its target is not met', () => {
    expect(isMet({ ...latency, ours: Number.NaN })).toBe(false)
    expect(isMet({ ...latency, ours: Number.POSITIVE_INFINITY })).toBe(false)
  })

  test('when a bound must be hit exactly, then one less and one more both miss it', () => {
    const once = (ours: number): Figure => ({
      what: 'notes',
      unit: '',
      ours,
      baseline: { what: 'calls', value: 6000 },
      target: { of: 'ratio', least: 1, most: 1 },
    })
    expect([5999, 6000, 6001].map((ours) => isMet(once(ours)))).toEqual([false, true, false])
    expect(figureLine(once(5999))).toContain('target 1 ×: **not met**')
  })
})

describe('given a document with marks', () => {
  const before = '# Benchmarks\n\nProse.\n\n<!-- bench:a -->\nold\n<!-- /bench:a -->\n\nMore prose.\n'

  test('when a section is written, then only what stands between its marks changes', () => {
    expect(withSection(before, 'a', 'new')).toBe(before.replace('old', 'new'))
    expect(withSection(withSection(before, 'a', 'new'), 'a', 'old')).toBe(before)
  })

  test('when a section has no marks yet, then it is added at the end', () => {
    expect(withSection(before, 'b', 'text')).toBe(`${before}\n<!-- bench:b -->\ntext\n<!-- /bench:b -->\n`)
  })
})
