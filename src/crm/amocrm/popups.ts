import { CrmUnreachable } from '../errors.ts'
import type { Api } from './api.ts'

export interface Popups {
  announce(phone: string, users: readonly number[], signal: AbortSignal): Promise<void>
}

interface Waiting {
  readonly event: object
  readonly signal: AbortSignal
}

/**
 * amoCRM's own call card; lives in the old API only (reference amocrm.md 10). Calls that ring at the same time are one request: who comes while
 * an earlier one waits for its turn travels with it, and who stopped ringing by then does not travel at all.
 */
export function createPopups(api: Api): Popups {
  let waiting: Waiting[] = []
  let underWay: Promise<unknown> | undefined

  const take = () => {
    const events = waiting.filter(({ signal }) => !signal.aborted).map(({ event }) => event)
    waiting = []
    underWay = undefined
    // Nobody rings any more: the turn is given back before a byte leaves.
    if (events.length === 0) throw new CrmUnreachable('nobody rings any more')
    return { add: events }
  }
  return {
    async announce(phone, users, signal) {
      const event = { type: 'phone_call', phone_number: phone, ...(users.length > 0 && { users }) }
      waiting.push({ event, signal })
      underWay ??= send()
      await underWay
    },
  }

  function send(): Promise<unknown> {
    const request = api.send('POST', '/api/v2/events', take, { signal: unstoppable })
    // A request that failed before its turn came (closed gate, no token) has taken nobody with it: they are told, and the next begins anew.
    const clean = () => {
      if (underWay !== request) return
      underWay = undefined
      waiting = []
    }
    request.then(clean, clean)
    return request
  }
}

/** It carries several calls: none of them may break it off for the others. */
const unstoppable = new AbortController().signal
