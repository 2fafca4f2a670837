import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { HookValues } from './hook.ts'
import type { HookPoint } from './points.ts'

/** A hook's answer cannot be used; the message says what is wrong with it. */
export class WrongAnswer extends Error {
  override name = 'WrongAnswer'
}

const id = z.int().positive()
const text = z.string().max(2000)
const fields = z.array(z.strictObject({ field: z.union([id, z.string().min(1)]), value: text }))
const tags = z.array(z.string().min(1))
const entity = z.strictObject({ kind: z.enum(['contact', 'company', 'lead']), id })
const user = z.int().min(0)
/** Goes into the dialplan. */
const plain = z
  .string()
  .regex(/^[^\r\n,|]*$/, 'no commas, bars or line breaks')
  .max(80)

/** What may be changed at each point; left out stays. */
const changeable = {
  'contact-creation': { name: text, owner: id, fields, tags, company: id },
  'unsorted-creation': { name: text, contactName: text, pipeline: id, contactFields: fields, leadFields: fields, tags },
  'lead-creation': { name: text, pipeline: id, status: id, owner: id, tags, source: id, fields },
  'task-creation': { text, owner: id, deadline: z.number().positive(), type: id },
  'call-parameters': {
    entity,
    phone: text,
    person: z.union([id, text]),
    author: id,
    text,
    recordingUrl: z.url({ protocol: /^https?$/ }),
    status: z.enum(['voicemail', 'answered', 'wrong-number', 'not-reached', 'busy']),
    talkSeconds: z.number().min(0),
  },
  'contact-update': { owner: id, name: text, fields, tags },
  'lead-update': { owner: id, name: text, fields, tags, status: z.strictObject({ pipeline: id, status: id }) },
  routing: {
    extension: z.string().regex(/^\d{0,15}$/, 'digits of an extension; empty for the default route'),
    ringSeconds: z.int().min(1).max(120),
    callerName: plain,
  },
  originate: {
    endpoint: z.string().regex(/^[A-Za-z0-9]+\/[\w@.:;+/-]{1,120}$/, 'an endpoint like PJSIP/101'),
    context: z.string().regex(/^[\w.-]{1,79}$/, 'a context of the dialplan'),
    dialled: z.string().regex(/^[+\d*#]{1,30}$/, 'digits to dial'),
    callerName: plain,
    ringSeconds: z.int().min(1).max(120),
    variables: z.record(z.string().regex(/^(?!CALLWEAVE)[A-Za-z_]\w{0,79}$/, "a variable's name"), plain),
  },
  card: {
    state: z.enum(['looking', 'unknown', 'known']),
    kind: z.enum(['contact', 'company']),
    id,
    name: text,
    owner: user,
  },
} as const

const alone = {
  'need-registration': z.union([z.boolean(), z.string().min(1).max(300)]),
  'client-phone': z.string().max(40),
  'recording-path': z.string().max(1000),
} as const

/** A card knows all of a client or nothing. */
const Card = z.union([
  z.object({ state: z.enum(['looking', 'unknown']) }),
  z.strictObject({ ...changeable.card, state: z.literal('known') }),
])

/**
 * `value` with what `answer` changes of it; undefined when that is nothing.
 * @throws WrongAnswer when the answer has another shape, or changes what cannot be changed there
 */
export function takeAnswer(point: HookPoint, value: unknown, answer: unknown): unknown {
  if (answer === undefined || answer === null || point === 'post-registration') return undefined
  const taken = isAlone(point) ? checked(alone[point], answer) : merged(point, value, answer)
  return isDeepStrictEqual(taken, value) ? undefined : taken
}

function merged(point: keyof typeof changeable, value: unknown, answer: unknown): unknown {
  if (!isRecord(value) || !isRecord(answer)) throw new WrongAnswer(`an object is wanted, not ${shown(answer)}`)
  const shape: Readonly<Record<string, z.ZodType>> = changeable[point]
  const changes: Record<string, unknown> = {}
  for (const [name, given] of Object.entries(answer)) {
    const own = Object.hasOwn(value, name) ? value[name] : undefined
    if (given === undefined || isDeepStrictEqual(given, own)) continue
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined
    if (!schema) throw new WrongAnswer(`"${name}" cannot be changed here; what can: ${Object.keys(shape).join(', ')}`)
    changes[name] = checked(schema, given, name)
  }
  const whole = { ...value, ...changes }
  return point === 'card' ? checked(Card, whole) : whole
}

function checked(schema: z.ZodType, given: unknown, name?: string): unknown {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  const [issue] = error.issues
  const place = [...(name === undefined ? [] : [name]), ...(issue?.path ?? [])].join('.')
  throw new WrongAnswer(`${place ? `"${place}": ` : ''}${shown(given)} is not allowed: ${issue?.message ?? 'wrong'}`)
}

function isAlone(point: HookPoint): point is keyof typeof alone & keyof HookValues {
  return Object.hasOwn(alone, point)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 80)
}
