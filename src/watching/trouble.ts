/** What can go wrong, in words that stay: they are keys of `/status` and labels of a metric. */
export const troubleKinds = [
  'alert',
  'ari-link',
  'call',
  'card',
  'click',
  'config',
  'crm-refused',
  'crm-unreachable',
  'database',
  'dead-letter',
  'disk',
  'hook',
  'http',
  'recording',
  'routing',
  'staff',
] as const
export type TroubleKind = (typeof troubleKinds)[number]

/** By the names of error classes: whoever logs an error of the disk has trouble with the disk, whatever part of the house it is. */
const byName: Readonly<Record<string, TroubleKind>> = {
  AriError: 'ari-link',
  CrmThrottled: 'crm-refused',
  CrmBlocked: 'crm-refused',
  CrmUnauthorised: 'crm-refused',
  CrmUnpaid: 'crm-refused',
  CrmForbidden: 'crm-refused',
  CrmRefused: 'crm-refused',
  CrmBatchRefused: 'crm-refused',
  CrmOutcomeUnknown: 'crm-unreachable',
  CrmUnreachable: 'crm-unreachable',
  CrmAnswerMalformed: 'crm-unreachable',
  DatabaseUnreachable: 'database',
  DatabaseRefused: 'database',
  SchemaUnusable: 'database',
  StoreError: 'disk',
}

/** The kind of a line in the log: what it says itself in `trouble`; its error's own, where that tells one, else that of the part that wrote it. */
export function troubleOf(part: TroubleKind, fields: unknown): TroubleKind {
  if (typeof fields !== 'object' || fields === null) return part
  const said: unknown = Reflect.get(fields, 'trouble')
  const kind = troubleKinds.find((one) => one === said)
  if (kind) return kind
  const error: unknown = Reflect.get(fields, 'err') ?? Reflect.get(fields, 'error')
  const name = error instanceof Error ? error.name : typeof error === 'string' ? /^\w+/.exec(error)?.[0] : undefined
  return (name !== undefined && Object.hasOwn(byName, name) ? byName[name] : undefined) ?? part
}
