/**
 * The value below which `share` of the sample lies, by nearest rank.
 * @param share in (0, 1]
 * @throws RangeError for an empty sample: a figure made of nothing is no figure.
 */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(sorted.length * share) - 1))]
  if (value === undefined) throw new RangeError('nothing was measured')
  return value
}

/** @throws RangeError for an empty sample. */
export function median(sample: readonly number[]): number {
  return percentile(sample, 0.5)
}

/** `p50 / p99` and the largest, for a line of progress. */
export function spread(sample: readonly number[]): string {
  const shown = (value: number) => String(Math.round(value * 10) / 10)
  return `p50 ${shown(median(sample))}, p99 ${shown(percentile(sample, 0.99))}, max ${shown(percentile(sample, 1))} of ${sample.length}`
}
