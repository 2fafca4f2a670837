/** How many jobs travel together. */
export interface BatchPolicy {
  readonly start: number
  readonly most: number
  /** Below it a success doubles the size, from it on adds a step. */
  readonly doubleBelow: number
  readonly step: number
}

/** Design section 5. 250 items is amoCRM's ceiling for one request. */
export const fromHundredTo250: BatchPolicy = { start: 100, most: 250, doubleBelow: 100, step: 25 }

/** What a batch said about its size. */
export type Weight = 'too-heavy' | 'carried'

/**
 * The size of the next batch. Only a batch that was full says that more can be carried; what was too heavy is halved from what was really sent.
 * @param sent jobs in the batch.
 */
export function nextSize(policy: BatchPolicy, size: number, sent: number, weight: Weight): number {
  if (weight === 'too-heavy') return Math.max(1, Math.floor(Math.min(size, sent) / 2))
  if (sent < size) return size
  const grown = size < policy.doubleBelow ? Math.min(size * 2, policy.doubleBelow) : size + policy.step
  return Math.min(grown, policy.most)
}
