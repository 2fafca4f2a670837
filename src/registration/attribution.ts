/** Who took part in a call, as kept in its jobs: everything attribution needs besides the client's owner. */
export interface CallPeople {
  /** The last person who talked. */
  readonly talked?: StaffRef
  /** Unanswered: everybody who was rung, in order, and last whoever began an outbound call. */
  readonly tried: readonly StaffRef[]
  readonly direction: 'in' | 'out'
  readonly defaultUser?: number
}

export interface StaffRef {
  readonly extension: string
  /** CRM user, when the extension has one. */
  readonly user?: number
}

export interface Attribution {
  /** Shown as the person of the call: a CRM user, or an extension nobody is listed for. */
  readonly person: number | string | undefined
  /** Author of the record in the CRM's statistics; undefined leaves it to the CRM (its robot). */
  readonly author: number | undefined
  readonly reason: AttributionReason
}

export type AttributionReason = 'talked-last' | 'owner-of-client' | 'last-tried' | 'default-user' | 'nobody'

/**
 * Whose call it is. Answered: whoever talked last. Unanswered inbound: the client's owner, else the last person rung who is known
 * to the CRM, else the default user. Unanswered outbound: whoever called. An extension without a user stays visible as text.
 * @param owner CRM user who owns the client; undefined or 0 when nobody does.
 */
export function attribute(people: CallPeople, owner: number | undefined): Attribution {
  const { talked, defaultUser } = people
  if (talked)
    return { person: talked.user ?? talked.extension, author: talked.user ?? defaultUser, reason: 'talked-last' }
  if (people.direction === 'in' && owner) return { person: owner, author: owner, reason: 'owner-of-client' }
  const tried = people.tried.findLast((person) => person.user !== undefined) ?? people.tried.at(-1)
  if (tried?.user !== undefined) return { person: tried.user, author: tried.user, reason: 'last-tried' }
  const reason = defaultUser === undefined ? (tried ? 'last-tried' : 'nobody') : 'default-user'
  return { person: tried?.extension ?? defaultUser, author: defaultUser, reason }
}
