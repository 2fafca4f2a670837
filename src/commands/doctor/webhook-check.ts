import type { Config } from '../../config/schema.ts'
import { WEBHOOK_PATH } from '../../contact-index/router.ts'
import { CrmForbidden } from '../../crm/errors.ts'
import type { CrmNotices } from '../../crm/notices.ts'
import { type Finding, ok, warning } from './finding.ts'

const SUBJECT = 'webhook'

/** Does the CRM tell us what changes, where it is meant to? The address stays unsaid: it is a secret. @throws CrmError */
export async function webhookFindings(
  crm: Pick<CrmNotices, 'standing'>,
  { crm: { webhook } }: Pick<Config, 'crm'>,
  signal: AbortSignal,
): Promise<readonly Finding[]> {
  if (webhook.publicUrl === undefined) return []
  try {
    switch (await crm.standing(`${webhook.publicUrl.replace(/\/+$/, '')}${WEBHOOK_PATH}/`, signal)) {
      case 'set up':
        return [ok(SUBJECT, 'set up: amoCRM tells changes by itself')]
      case 'disabled':
        return [
          warning(
            SUBJECT,
            'amoCRM has switched the webhook off: it was not answered for two hours',
            'see that crm.webhook.publicUrl can be reached from the internet, then restart the service: it is switched on again',
          ),
        ]
      case 'none':
        return [
          warning(SUBJECT, 'not set up yet', 'start the service in mode "watch" or "on": it sets it up by itself'),
        ]
    }
  } catch (error) {
    // Who is no administrator is told so already.
    if (error instanceof CrmForbidden) return []
    throw error
  }
}
