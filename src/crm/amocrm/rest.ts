import { CrmBlocked, type CrmError, CrmThrottled, CrmUnauthorised, CrmUnpaid } from '../errors.ts'

/** Answers that concern everybody's requests, not this one. */
export type AccountRefusalKind = 'throttled' | 'blocked' | 'unauthorised' | 'unpaid'

/** First rest and longest rest, milliseconds; every further refusal in a row doubles. */
const rests: Readonly<Record<AccountRefusalKind, { readonly first: number; readonly longest: number }>> = {
  /** The limit counts one second; who goes on knocking gets blocked. */
  throttled: { first: 1_000, longest: 60_000 },
  /** Blocks last minutes and more, and requests prolong them (reference amocrm.md 2.1). */
  blocked: { first: 60_000, longest: 900_000 },
  /** An administrator has to act; asking every few minutes notices it soon enough. */
  unauthorised: { first: 60_000, longest: 300_000 },
  unpaid: { first: 300_000, longest: 900_000 },
}

/**
 * How long the account rests after its `inARow`-th refusal (1 for the first), milliseconds.
 * @param asked what the CRM asked for itself (`Retry-After`), when it did; never shortens the rest.
 */
export function restAfter(refusal: AccountRefusalKind, inARow: number, asked: number | undefined): number {
  const { first, longest } = rests[refusal]
  return Math.max(Math.min(first * 2 ** (inARow - 1), longest), Math.min(asked ?? 0, longest))
}

/** @param message the CRM's own words; what to do about them is put before, since it ends up on the status page. */
export function accountRefusal(refusal: AccountRefusalKind, message: string, restMs: number): CrmError {
  switch (refusal) {
    case 'throttled':
      return new CrmThrottled(message, restMs)
    case 'blocked':
      return new CrmBlocked(`the CRM has blocked this address or account for a while: ${message}`, restMs)
    case 'unauthorised':
      return new CrmUnauthorised(
        `the CRM does not take the token, put a new one into crm.token (OAuth: callweave crm authorise): ${message}`,
        restMs,
      )
    case 'unpaid':
      return new CrmUnpaid(`the CRM account is not paid for: ${message}`, restMs)
  }
}
