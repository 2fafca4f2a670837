/**
 * What can go wrong between us and a CRM, one class per thing a caller can act on. `written` tells what became of a write:
 * `no` – certainly not executed, it may be sent again; `maybe` – prove before sending again; `never` – the CRM will not take it.
 */
export abstract class CrmError extends Error {
  abstract readonly written: 'no' | 'maybe' | 'never'
  /** The whole account must rest that long (milliseconds) before anybody sends again. */
  readonly restMs: number | undefined = undefined
  /** The request was too heavy for the CRM: send less at a time. */
  readonly tooHeavy: boolean = false
}

/** A refusal that says nothing about this request: nobody's request would be taken before the rest is over. */
abstract class AccountRefusal extends CrmError {
  override readonly written = 'no'
  override readonly restMs: number
  constructor(message: string, restMs: number) {
    super(message)
    this.restMs = restMs
  }
}

/** Too many requests a second. */
export class CrmThrottled extends AccountRefusal {
  override name = 'CrmThrottled'
}

/** The limiter has blocked our address or account (an HTML 403): every further request prolongs it. */
export class CrmBlocked extends AccountRefusal {
  override name = 'CrmBlocked'
}

/** The token is wrong, expired or revoked: an administrator must renew it. */
export class CrmUnauthorised extends AccountRefusal {
  override name = 'CrmUnauthorised'
}

/** The account is not paid for. */
export class CrmUnpaid extends AccountRefusal {
  override name = 'CrmUnpaid'
}

/**
 * The token's user lacks the right for this request; other requests are not touched by it. An administrator can mend that, so a
 * refused write is not lost: it may be sent again.
 */
export class CrmForbidden extends CrmError {
  override name = 'CrmForbidden'
  override readonly written = 'no'
}

/** What the CRM found wrong with one item of a batch. */
export interface ItemError {
  /** The `request_id` of the item. */
  readonly item: string
  readonly code: string
  /** Dotted path inside the item. */
  readonly path: string
  readonly detail: string
}

/** The CRM understood the request and refuses it; nothing of the batch was stored. */
export class CrmRefused extends CrmError {
  override name = 'CrmRefused'
  override readonly written = 'never'
  /** Empty when the CRM does not say which item it dislikes. */
  readonly items: readonly ItemError[]
  readonly status: number
  constructor(message: string, status: number, items: readonly ItemError[] = []) {
    super(message)
    this.status = status
    this.items = items
  }
}

/** Something in the batch is refused and the CRM does not say what: nothing of it was stored, send less at a time. */
export class CrmBatchRefused extends CrmError {
  override name = 'CrmBatchRefused'
  override readonly written = 'no'
  override readonly tooHeavy = true
}

/** Bytes left and no usable answer came: time-out, 5xx, broken connection. A write may have been executed. */
export class CrmOutcomeUnknown extends CrmError {
  override name = 'CrmOutcomeUnknown'
  override readonly written = 'maybe'
  override readonly tooHeavy: boolean
  constructor(message: string, options: { readonly tooHeavy?: boolean; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.tooHeavy = options.tooHeavy ?? false
  }
}

/** No byte of the request left: name not found, connection refused, no TLS, stopped before sending. */
export class CrmUnreachable extends CrmError {
  override name = 'CrmUnreachable'
  override readonly written = 'no'
}

/** The CRM reports success with an answer that cannot be read; a write was most likely executed. */
export class CrmAnswerMalformed extends CrmError {
  override name = 'CrmAnswerMalformed'
  override readonly written = 'maybe'
}
