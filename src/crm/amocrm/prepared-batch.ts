import { CrmError, CrmUnreachable } from '../errors.ts'
import type { WriteOutcome } from '../port.ts'
import type { Item } from './slimmer-item.ts'

/**
 * A write whose items need something read first. A reading that fails has written nothing, whatever became of the reading.
 * @param count how many outcomes are due
 */
export async function preparedBatch<Outcome extends WriteOutcome<object>>(
  prepare: () => Promise<readonly Item[]>,
  count: number,
  write: (items: readonly Item[]) => Promise<readonly Outcome[]>,
): Promise<readonly (Outcome | { readonly kind: 'failed'; readonly error: CrmError })[]> {
  let items: readonly Item[]
  try {
    items = await prepare()
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    const failed = { kind: 'failed', error: beforeWriting(error) } as const
    return Array.from({ length: count }, () => failed)
  }
  return write(items)
}

function beforeWriting(error: CrmError): CrmError {
  if (error.written === 'no') return error
  return new CrmUnreachable(`what the write needs could not be read: ${error.message}`, { cause: error })
}
