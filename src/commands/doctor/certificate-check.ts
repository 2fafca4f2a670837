import type { Config } from '../../config/schema.ts'
import { readCertificate } from '../../http/certificate.ts'
import { type Check, failure, ok, warning } from './finding.ts'

const SUBJECT = 'certificate'
const DAY_MS = 86_400_000
/** Renewal by the usual tools happens a month ahead; whoever has two weeks left has none of them at work. */
const SOON_DAYS = 14

/** Can browsers on the CRM's pages reach us? They speak https and wss only. */
export function certificateCheck({ https }: Config['webserver'], now: () => number): Check {
  return async () => {
    if (!https) {
      const cure =
        "set webserver.https; until then cards and click-to-call work from the own network and not from amoCRM's pages"
      return [warning(SUBJECT, 'no certificate is configured', cure)]
    }
    try {
      const { validTo } = readCertificate(https)
      const days = Math.floor((validTo.getTime() - now()) / DAY_MS)
      if (days < 0)
        return [
          failure(
            SUBJECT,
            `${https.certificate} expired on ${day(validTo)}`,
            'renew it; it is read anew without a restart',
          ),
        ]
      if (days < SOON_DAYS)
        return [
          warning(
            SUBJECT,
            `${https.certificate} expires in ${days} days`,
            'renew it; it is read anew without a restart',
          ),
        ]
      return [ok(SUBJECT, `${https.certificate} holds until ${day(validTo)}`)]
    } catch (error) {
      return [
        failure(
          SUBJECT,
          error instanceof Error ? error.message : String(error),
          "put the chain and the key there, readable for the service's user",
        ),
      ]
    }
  }
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}
