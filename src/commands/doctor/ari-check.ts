import { ariResource } from '../../asterisk/ari-address.ts'
import { createAriHttp } from '../../asterisk/ari-http.ts'
import type { Config } from '../../config/schema.ts'
import { type Check, type Finding, failure, ok, warning } from './finding.ts'

const SUBJECT = 'ARI'
/** The Stasis guard and the event filter were measured from here on (design section 4). */
const OLDEST_ASTERISK = 16
const PATIENCE_MS = 5_000
/** A decision made late by the clock is dropped, so clocks must agree within a part of the deadline. */
const MOST_SKEW_MS = 1_000

/** Does Asterisk's REST interface answer us, is it new enough, and do the clocks agree? */
export function ariCheck({ ari }: Config['asterisk']): Check {
  return async () => {
    const address = { url: ari.url, user: ari.user, password: ari.password.reveal(), application: ari.application }
    using http = createAriHttp(address)
    try {
      const asked = Date.now()
      const { status, headers, body } = await http.send({
        method: 'GET',
        url: ariResource(address, 'asterisk/info'),
        timeoutMs: PATIENCE_MS,
      })
      if (status !== 200) return [refusal(status, ari.user)]
      return [versionFinding(systemVersion(body), ari.url), ...clockFinding(headers['date'], (asked + Date.now()) / 2)]
    } catch (error) {
      const says = `${ari.url} does not answer: ${error instanceof Error ? error.message : String(error)}`
      return [
        failure(
          SUBJECT,
          says,
          'is Asterisk running, http.conf enabled=yes with a bindaddr, and asterisk.ari.url right?',
        ),
      ]
    }
  }
}

function refusal(status: number, user: string): Finding {
  switch (status) {
    case 401:
      return failure(
        SUBJECT,
        `Asterisk refuses the user ${user}`,
        'put the user of asterisk-conf/ into ari.conf with the same password, then "module reload res_ari.so"',
      )
    case 403:
      return failure(SUBJECT, `Asterisk's ACL keeps us out`, 'permit this machine for the user in ari.conf')
    case 404:
      return failure(
        SUBJECT,
        'there is an HTTP server, but no ARI',
        'load res_ari.so and its companions, check "prefix" in http.conf, set ari.conf enabled=yes',
      )
    case 503:
      return failure(
        SUBJECT,
        'Asterisk is still starting',
        'wait until "asterisk -rx \'core waitfullybooted\'" returns',
      )
    default:
      return failure(SUBJECT, `Asterisk answers ${status}`, "look into Asterisk's log; set asterisk.ari.url")
  }
}

function systemVersion(body: string): string {
  try {
    const info: unknown = JSON.parse(body)
    const system: unknown = typeof info === 'object' && info !== null ? Reflect.get(info, 'system') : undefined
    const version: unknown = typeof system === 'object' && system !== null ? Reflect.get(system, 'version') : undefined
    return typeof version === 'string' ? version : ''
  } catch {
    return ''
  }
}

function versionFinding(version: string, url: string): Finding {
  const major = Number.parseInt(/\d+/.exec(version)?.[0] ?? '', 10)
  if (major >= OLDEST_ASTERISK) return ok(SUBJECT, `Asterisk ${version} at ${url}`)
  if (Number.isNaN(major))
    return warning(
      SUBJECT,
      `Asterisk does not tell its version ("${version.slice(0, 40)}")`,
      `make sure it is ${OLDEST_ASTERISK} or newer`,
    )
  return failure(SUBJECT, `Asterisk ${version} is too old`, `Callweave needs Asterisk ${OLDEST_ASTERISK} or newer`)
}

function clockFinding(date: string | string[] | undefined, now: number): readonly Finding[] {
  const theirs = typeof date === 'string' ? Date.parse(date) : Number.NaN
  // The header has whole seconds: the true time lies up to a second later.
  const skew = theirs + 500 - now
  if (Number.isNaN(skew)) return []
  if (Math.abs(skew) <= MOST_SKEW_MS) return [ok('clock', `Asterisk's clock and ours agree within a second`)]
  const says = `Asterisk's clock is ${Math.abs(skew / 1000).toFixed(1)} s ${skew > 0 ? 'ahead of' : 'behind'} ours`
  return [warning('clock', says, 'run chrony or systemd-timesyncd on both machines')]
}
