import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Config } from '../config/schema.ts'
import type { ApiLog, Pace } from '../crm/amocrm/api.ts'
import { longLivedToken } from '../crm/amocrm/long-lived-token.ts'
import { createOAuthEndpoint } from '../crm/amocrm/oauth-endpoint.ts'
import { type OAuthTokens, oauthTokens } from '../crm/amocrm/oauth-tokens.ts'
import { createTokenFile } from '../crm/amocrm/token-file.ts'
import type { TokenSource } from '../crm/amocrm/token-source.ts'
import { createTransport, type Transport } from '../crm/amocrm/transport.ts'

export interface CrmTokensDeps {
  readonly pace: Pace
  readonly transport?: Transport
  readonly now: () => number
  readonly log: ApiLog
  /** The configuration as it stands in its file now; it may throw. */
  readonly reread?: () => Config
}

/** What the configuration says about getting into the CRM: a long-lived token, or the pair of OAuth kept in the state directory. */
export function crmTokens(config: Config, deps: CrmTokensDeps): TokenSource & Partial<Pick<OAuthTokens, 'authorise'>> {
  const { url, token, oauth } = config.crm
  if (oauth === undefined) {
    const reread = deps.reread && (() => deps.reread?.().crm.token?.reveal())
    return longLivedToken({ account: url, token: token?.reveal() ?? '', ...(reread && { reread }) })
  }
  const { clientId, clientSecret, redirectUri } = oauth
  const client = { clientId, clientSecret: clientSecret.reveal(), redirectUri }
  const codeNow = () => {
    try {
      return (deps.reread?.() ?? config).crm.oauth?.code?.reveal()
    } catch {
      // A configuration somebody is in the middle of editing.
      return undefined
    }
  }
  return oauthTokens({
    account: url,
    clientId,
    endpoint: createOAuthEndpoint(client, deps.pace, deps.transport ?? createTransport()),
    file: createTokenFile(tokenFile(config)),
    code: codeNow,
    now: deps.now,
    log: deps.log,
  })
}

export function tokenFile({ service }: Config): string {
  return join(service.directory, 'crm-tokens.json')
}

/** Looks for a person's cure until the service ends; costs nothing while all is well. */
export async function watchForCure(tokens: TokenSource, everyMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    if (tokens.status().needsPerson !== undefined) await tokens.lookAgain(signal)
    await sleep(everyMs, undefined, { signal }).catch(() => undefined)
  }
}
