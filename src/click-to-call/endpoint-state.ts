import { z } from 'zod'

const Endpoint = z.object({ technology: z.string(), resource: z.string(), state: z.string().optional() })

/**
 * Whether a phone is there, from Asterisk's list of endpoints.
 * @param endpoint as dialled: `PJSIP/101`.
 * @returns `unknown` for endpoints that Asterisk does not list or cannot judge (Local channels, DAHDI).
 */
export function endpointState(endpoints: readonly unknown[], endpoint: string): 'online' | 'offline' | 'unknown' {
  const [technology = '', resource = ''] = endpoint.split('/')
  for (const one of endpoints) {
    const { data } = Endpoint.safeParse(one)
    if (data?.technology.toLowerCase() !== technology.toLowerCase() || data.resource !== resource) continue
    return data.state === 'online' || data.state === 'offline' ? data.state : 'unknown'
  }
  return 'unknown'
}
