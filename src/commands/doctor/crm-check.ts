import type { Config } from '../../config/schema.ts'
import { CrmBlocked, CrmForbidden, CrmThrottled, CrmUnauthorised, CrmUnpaid, CrmUnreachable } from '../../crm/errors.ts'
import type { CrmNotices } from '../../crm/notices.ts'
import type { Crm, CrmUser } from '../../crm/port.ts'
import { rulesFindings } from './crm-rules-check.ts'
import { type Check, type Finding, failure, ok, warning } from './finding.ts'
import { webhookFindings } from './webhook-check.ts'

const SUBJECT = 'amoCRM'
/** amoCRM's times are whole seconds; notes stand in the feed by ours. */
const MOST_SKEW_MS = 5_000

/** Is the account there, does it take the token, does it know our people, do the clocks agree? */
export function crmCheck(crm: Crm & Pick<CrmNotices, 'standing'>, config: Config): Check {
  return async (signal) => {
    try {
      const account = await crm.account(signal)
      const skew = account.clockSkewMs
      const clock =
        Math.abs(skew) > MOST_SKEW_MS
          ? warning(
              'clock',
              `amoCRM's clock is ${Math.abs(skew / 1000).toFixed(0)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`,
              'run chrony or systemd-timesyncd on this machine',
            )
          : ok('clock', `amoCRM's clock and ours agree within ${MOST_SKEW_MS / 1000} s`)
      return [
        ok(SUBJECT, `account "${account.name}" (${account.subdomain}) takes the token`),
        clock,
        ...(await usersFindings(crm, config, account.currentUser, signal)),
        ...(await rulesFindings(crm, config, signal)),
        ...(await webhookFindings(crm, config, signal)),
      ]
    } catch (error) {
      return [trouble(error, config)]
    }
  }
}

/** Only an administrator is told the users. */
async function usersFindings(
  crm: Crm,
  config: Config,
  currentUser: number,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  try {
    return peopleFindings(await crm.users(signal), config)
  } catch (error) {
    if (!(error instanceof CrmForbidden)) return [trouble(error, config)]
    const says = `the token's user (${currentUser}) is no administrator: clients this user may not see look like deleted ones`
    return [failure(SUBJECT, says, 'let an administrator of the account make the token and set crm.token')]
  }
}

function peopleFindings(users: readonly CrmUser[], config: Config): readonly Finding[] {
  const byId = new Map(users.map((user) => [user.id, user]))
  const cure = 'take the id from the list of users in amoCRM and correct the configuration'
  const wrong = (key: string, id: number): readonly Finding[] => {
    const user = byId.get(id)
    if (!user) return [failure('people', `${key}: amoCRM has no user ${id}`, cure)]
    return user.active ? [] : [warning('people', `${key}: ${user.name} (${id}) has been dismissed`, cure)]
  }
  const found = config.staff.people.flatMap((person, at) =>
    person.user === undefined ? [] : wrong(`staff.people.${at}.user${named(person.name)}`, person.user),
  )
  const fallback = config.rules.defaultUser === undefined ? [] : wrong('rules.defaultUser', config.rules.defaultUser)
  const nobody =
    config.staff.people.length === 0
      ? [
          warning(
            'people',
            'no people are configured',
            'list them in staff.people: who has which extension and which user in amoCRM',
          ),
        ]
      : []
  const all = [...found, ...fallback, ...nobody]
  return all.length > 0 ? all : [ok('people', `${config.staff.people.length} people, all known to amoCRM`)]
}

function named(name: string): string {
  return name === '' ? '' : ` (${name})`
}

function trouble(error: unknown, config: Config): Finding {
  const { url, oauth } = config.crm
  const says = error instanceof Error ? error.message : String(error)
  if (error instanceof CrmUnauthorised)
    return failure(
      SUBJECT,
      says,
      oauth
        ? 'make a new authorisation code in the integration\'s "Keys and scopes" and run `callweave crm authorise --code CODE`'
        : 'make a new long-lived token in the integration\'s "Keys and scopes" and set crm.token',
    )
  if (error instanceof CrmForbidden)
    return failure(SUBJECT, says, 'the token must belong to an administrator of the account')
  if (error instanceof CrmUnpaid) return failure(SUBJECT, says, 'pay for the account: amoCRM takes nothing until then')
  if (error instanceof CrmBlocked)
    return failure(SUBJECT, says, "wait some minutes; if it stays, ask amoCRM's support to unblock this address")
  if (error instanceof CrmThrottled)
    return warning(SUBJECT, says, 'another integration uses the same limit; lower crm.requestsPerSecond')
  if (error instanceof CrmUnreachable)
    return failure(
      SUBJECT,
      `${url} cannot be reached: ${says}`,
      'check crm.url, the name server, the firewall and the proxy of this machine',
    )
  return failure(SUBJECT, says, 'try again in a minute; if it stays, check crm.url')
}
