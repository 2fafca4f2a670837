import { CrmUnauthorised } from '../errors.ts'
import { accountOrigin, isSameHouse } from './origin.ts'
import type { TokenFile } from './token-file.ts'
import type { TokenSource } from './token-source.ts'

/**
 * The pair another process keeps, only looked at: who refreshed it beside the service would end the service's own.
 * @throws RangeError when `account` is no address a token may be sent to
 */
export function storedTokens(account: string, clientId: string, file: Pick<TokenFile, 'load'>): TokenSource {
  const configured = accountOrigin(account)
  return {
    async grant() {
      const pair = await file.load()
      const origin = URL.parse(pair?.origin ?? '')
      const ours = pair?.clientId === clientId && [pair.account, pair.origin].includes(configured.origin)
      if (!pair || !ours || !origin || !isSameHouse(origin, configured))
        throw new CrmUnauthorised('the CRM has not authorised this integration yet', 0)
      return { origin, token: pair.access }
    },
    refused: async () => false,
    accepted: () => undefined,
    lookAgain: async () => undefined,
    status: () => ({ kind: 'oauth', host: configured.host, needsPerson: undefined, expiresAt: undefined }),
    onRenewed: () => undefined,
  }
}
