import { z } from 'zod'
import {
  CrmAnswerMalformed,
  CrmForbidden,
  CrmOutcomeUnknown,
  CrmRefused,
  CrmUnreachable,
  type ItemError,
} from '../errors.ts'
import type { AccountRefusalKind } from './rest.ts'
import type { HttpAnswer } from './transport.ts'

export type Reading =
  /** `undefined`: an answer without content, that is an empty list. */
  | { readonly kind: 'content'; readonly json: unknown }
  | { readonly kind: 'account-refused'; readonly refusal: AccountRefusalKind; readonly message: string }

/** Old codes inside a 400's `detail`: no right to add, not enough rights (reference amocrm.md 2.3). */
const NO_RIGHT = /"detail"\s*:\s*"[^"]*\b(?:244|288)\b/

/** Bodies are quoted in errors, but not whole pages of HTML. */
const QUOTED_CHARACTERS = 300

/**
 * What an answer of amoCRM means. The media type is looked at before anything is parsed: the limiter and the front-end answer in HTML
 * or plain text (reference amocrm.md 2.3).
 * @throws CrmError for everything that is neither content nor a refusal of the whole account
 */
export function readAnswer(answer: HttpAnswer, request: string): Reading {
  const { status } = answer
  const message = `${request}: ${status} ${quote(answer)}`
  if (status === 204) return { kind: 'content', json: undefined }
  if (status >= 200 && status < 300) return { kind: 'content', json: content(answer, request) }
  if (status === 429) return { kind: 'account-refused', refusal: 'throttled', message }
  if (status === 401) return { kind: 'account-refused', refusal: 'unauthorised', message }
  if (status === 402) return { kind: 'account-refused', refusal: 'unpaid', message }
  if (status === 403) {
    if (isJson(answer)) throw new CrmForbidden(message)
    return { kind: 'account-refused', refusal: 'blocked', message }
  }
  if (status >= 500 || status === 408) throw new CrmOutcomeUnknown(message, { tooHeavy: status === 504 })
  // Redirects and pages for people do not come from the API: the address of the account is wrong or something stands in between.
  if (status < 400 || (status === 404 && !isJson(answer)))
    throw new CrmUnreachable(`${message}; check the CRM's address`)
  // Cut in two, it may be about something that can be left out: what is said once more is not lost.
  if (isJson(answer) && answer.text !== '' && parseOrUndefined(answer.text) === undefined)
    throw new CrmAnswerMalformed(message)
  if (isJson(answer) && NO_RIGHT.test(answer.text)) throw new CrmForbidden(message)
  throw new CrmRefused(message, status, itemErrors(answer))
}

function content(answer: HttpAnswer, request: string): unknown {
  if (answer.text.trim() === '') return undefined
  if (!isJson(answer)) throw new CrmAnswerMalformed(`${request}: ${answer.status} ${quote(answer)}`)
  try {
    return JSON.parse(answer.text)
  } catch (cause) {
    throw new CrmAnswerMalformed(`${request}: ${answer.status} with broken JSON`, { cause })
  }
}

const ValidationErrors = z.object({
  'validation-errors': z.array(
    z.object({
      request_id: z.union([z.string(), z.number()]).transform(String),
      errors: z.array(
        z.object({ code: z.string().catch(''), path: z.string().catch(''), detail: z.string().catch('') }),
      ),
    }),
  ),
})

function itemErrors(answer: HttpAnswer): readonly ItemError[] {
  if (!isJson(answer)) return []
  const parsed = ValidationErrors.safeParse(parseOrUndefined(answer.text))
  if (!parsed.success) return []
  return parsed.data['validation-errors'].flatMap(({ request_id, errors }) =>
    errors.map((error) => ({ item: request_id, ...error })),
  )
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isJson(answer: HttpAnswer): boolean {
  return answer.type === 'application/json' || answer.type.endsWith('+json')
}

function quote(answer: HttpAnswer): string {
  return isJson(answer) ? answer.text.slice(0, QUOTED_CHARACTERS) : answer.type || 'without content'
}
