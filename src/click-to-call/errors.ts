import type { RefusedNumber } from './dialable.ts'

/** Why a click was refused at once. Stable codes. */
export type RefusalCode =
  | RefusedNumber
  | 'unauthorised'
  | 'bad-request'
  | 'not-on'
  | 'already-calling'
  | 'already-made'
  | 'phone-not-registered'
  | 'daily-cap'
  | 'daily-cap-of-all'
  | 'dial-out-rule'
  | 'too-many-requests'
  | 'not-found'
  | 'asterisk-unreachable'
  | 'asterisk-refused'

const statuses: Readonly<Record<RefusalCode, number>> = {
  'bad-request': 400,
  unauthorised: 401,
  'not-found': 404,
  'not-on': 409,
  'already-calling': 409,
  'already-made': 409,
  'phone-not-registered': 409,
  'not-a-number': 422,
  'feature-code': 422,
  'short-number': 422,
  'own-extension': 422,
  'foreign-number': 422,
  'paid-number': 422,
  'too-many-requests': 429,
  'daily-cap': 429,
  'daily-cap-of-all': 429,
  'dial-out-rule': 500,
  'asterisk-refused': 502,
  'asterisk-unreachable': 503,
}

/** A click that was not carried out. `call` names the call that stands in its way, when one does. */
export class ClickRefused extends Error {
  override name = 'ClickRefused'
  readonly code: RefusalCode
  readonly call: string | undefined
  /** For the programmer of a client. */
  readonly details: string | undefined

  constructor(code: RefusalCode, options?: ErrorOptions & { readonly call?: string; readonly details?: string }) {
    super(`click-to-call: ${code}`, options)
    this.code = code
    this.call = options?.call
    this.details = options?.details
  }

  /** For the HTTP answer. */
  get status(): number {
    return statuses[this.code]
  }
}
