import { z } from 'zod'

const Endpoint = z.object({
  technology: z.string(),
  resource: z.string(),
  state: z.string().optional(),
  channel_ids: z.array(z.string()).default([]),
})

/** `unknown`: Asterisk does not list the endpoint, or cannot judge it (Local channels, DAHDI). */
export type EndpointState = 'online' | 'offline' | 'unknown'

/** Asterisk's list of endpoints, read once and asked often. */
export interface EndpointList {
  /** @param endpoint as dialled: `PJSIP/101`. */
  stateOf(endpoint: string): EndpointState
  /** A channel of any endpoint, when there is one. */
  readonly anyChannel: string | undefined
}

/** What is no endpoint is left out. */
export function readEndpoints(raw: readonly unknown[]): EndpointList {
  const states = new Map<string, EndpointState>()
  let anyChannel: string | undefined
  for (const one of raw) {
    const { data } = Endpoint.safeParse(one)
    if (!data) continue
    const { technology, resource, state } = data
    states.set(key(technology, resource), state === 'online' || state === 'offline' ? state : 'unknown')
    anyChannel ??= data.channel_ids[0]
  }
  return {
    stateOf: (endpoint) => {
      const [technology = '', resource = ''] = endpoint.split('/')
      return states.get(key(technology, resource)) ?? 'unknown'
    },
    anyChannel,
  }
}

/** Technologies are written as one likes in a dial string. */
function key(technology: string, resource: string): string {
  return `${technology.toLowerCase()}/${resource}`
}
