import { type Config, ConfigFile } from '../../src/config/schema.ts'
import type { Sandbox } from '../amocrm-sandbox/sandbox.ts'
import { lines } from './call-plan.ts'

export interface Staff {
  readonly extensions: readonly string[]
  /** Users who may be dismissed in the course of the day. */
  readonly mortal: readonly number[]
  readonly people: readonly { readonly extension: string; readonly name: string; readonly user?: number }[]
}

const ADMINISTRATOR = 7000001

/** Ten phones: two managers who stay, six who may be dismissed, a phone in the hall, and the administrator's. */
export function hire(hands: Pick<Sandbox, 'addUser'>): Staff {
  const mortal = Array.from({ length: 6 }, (_, at) => hands.addUser({ name: `Manager ${at}`, id: 7000100 + at }))
  const users = [ADMINISTRATOR, 7000002, 7000003, ...mortal]
  const people = users.map((user, at) => ({ extension: String(101 + at), name: `Person ${101 + at}`, user }))
  const hall = { extension: '150', name: 'Hall' }
  return { people: [...people, hall], mortal, extensions: [...people, hall].map(({ extension }) => extension) }
}

/** The rules of the lines, as a customer writes them. Everything is made at the end of a call: these calls are over when they are told. */
export function companyConfig(sandbox: Sandbox, directory: string, staff: Staff): Config {
  const end = { when: 'end' } as const
  const lead = { create: 'lead', ...end } as const
  const each = { create: 'lead', ...end, lead: { unless: 'never' } } as const
  const unsorted = { create: 'unsorted', ...end } as const
  const task = { task: { enabled: true, workingHours: false } } as const
  return ConfigFile.parse({
    service: { directory, mode: 'on' },
    asterisk: { ari: { password: 'p' } },
    crm: {
      url: sandbox.url,
      oauth: {
        clientId: sandbox.oauth.client.id,
        clientSecret: sandbox.oauth.client.secret,
        redirectUri: sandbox.oauth.client.redirectUri,
      },
    },
    staff: { people: staff.people },
    rules: { incomingUnknown: end, defaultUser: ADMINISTRATOR },
    lines: [
      { did: lines.contacts },
      {
        did: lines.leads,
        rules: { incomingKnown: lead, incomingUnknown: lead, missedKnown: lead, missedUnknown: lead },
      },
      { did: lines.unsorted, rules: { incomingUnknown: unsorted, missedUnknown: unsorted } },
      { did: lines.tasks, rules: { missedKnown: task, missedUnknown: task } },
      {
        did: lines.leadEachCall,
        rules: { incomingKnown: each, incomingUnknown: each, missedKnown: each, missedUnknown: each },
      },
    ],
  })
}
