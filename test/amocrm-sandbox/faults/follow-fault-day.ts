import type { Sandbox } from '../sandbox-contract.ts'
import type { Blow, FaultDay } from './day-of-faults.ts'

/** Whom a day's blows may hit. Ids are drawn from the end: what is kept for the test's own checks stands first. */
export interface Victims {
  readonly users: readonly number[]
  /** Two of these are merged, one is deleted at a time; none is hit twice. */
  readonly contacts: readonly number[]
}

export interface FollowedDay {
  /** What has been done so far, for the test's message. */
  readonly done: readonly { readonly at: number; readonly blow: Blow; readonly ids: readonly number[] }[]
}

/** Arms every fault and does every blow at its instant of the sandbox's clock; nothing sleeps. */
export function followFaultDay(sandbox: Sandbox, day: FaultDay, victims: Victims): FollowedDay {
  const done: { at: number; blow: Blow; ids: number[] }[] = []
  const users = [...victims.users]
  const contacts = [...victims.contacts]
  for (const fault of day.faults) sandbox.fault(fault)
  for (const { at, blow } of day.blows) {
    sandbox.at(at, () => {
      const ids = strike(sandbox, blow, users, contacts)
      if (ids !== undefined) done.push({ at, blow, ids })
    })
  }
  return { done }
}

/** The ids hit; undefined when nobody is left to hit. */
function strike(sandbox: Sandbox, blow: Blow, users: number[], contacts: number[]): number[] | undefined {
  switch (blow) {
    case 'dismiss-user': {
      const user = users.pop()
      if (user === undefined) return undefined
      sandbox.deactivateUser(user)
      return [user]
    }
    case 'delete-contact': {
      const contact = contacts.pop()
      if (contact === undefined) return undefined
      sandbox.deleteContact(contact)
      return [contact]
    }
    case 'merge-contacts': {
      const [loser, winner] = [contacts.pop(), contacts.pop()]
      if (loser === undefined || winner === undefined) return undefined
      sandbox.mergeContacts(loser, winner)
      return [loser, winner]
    }
    case 'disable-webhooks':
      for (const { destination } of sandbox.webhooks.subscriptions()) sandbox.webhooks.disable(destination)
      return []
    case 'expire-tokens':
      sandbox.oauth.expireAccess()
      return []
    case 'switch-unsorted':
      sandbox.switchUnsorted(!sandbox.unsortedOn())
      return []
    default:
      return unreachable(blow)
  }
}

function unreachable(blow: never): never {
  throw new Error(`unknown blow ${JSON.stringify(blow)}`)
}
