import type { Click } from './click.ts'
import { says } from './says.ts'

/** A click as its owner's browser is told of it: by the card socket, by the answer to the click, by the answer to a question. */
export type ClickMessage = Readonly<Record<string, unknown>> & { readonly type: 'click' }

export function clickMessage({ call, requestId, entity, number, state, reason, cause, lang }: Click): ClickMessage {
  return {
    type: 'click',
    call,
    ...(requestId !== undefined && { requestId }),
    ...(entity && { entity }),
    number,
    state,
    ...(reason !== undefined && { reason }),
    ...(cause !== undefined && { cause }),
    says: says(reason ?? state, lang),
  }
}
