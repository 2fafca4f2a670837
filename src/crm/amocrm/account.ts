import { CrmAnswerMalformed } from '../errors.ts'
import type { CrmAccount, CrmUser } from '../port.ts'
import type { Api } from './api.ts'
import { PAGE_SIZE } from './clients.ts'
import { Account, User } from './schema.ts'

/** The smallest request that proves address, token and payment at once. */
export async function readAccount(api: Api, signal: AbortSignal): Promise<CrmAccount> {
  const account = Account.safeParse(await api.get('/api/v4/account', [], { signal }))
  if (!account.success) throw new CrmAnswerMalformed('GET /api/v4/account: not an account', { cause: account.error })
  return { ...account.data, clockSkewMs: api.skewMs() ?? 0 }
}

/** @throws CrmForbidden when the token is not an administrator's */
export async function readUsers(api: Api, signal: AbortSignal): Promise<readonly CrmUser[]> {
  const users: CrmUser[] = []
  for await (const page of api.pages('/api/v4/users', [['limit', PAGE_SIZE]], { signal })) {
    users.push(...api.entries(page, 'users', User))
  }
  return users
}
