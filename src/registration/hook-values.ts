import { z } from 'zod'
import type { HookPoint, HookValues } from './hook-points.ts'

const id = z.int().positive()
const text = z.string().max(2000)
const fields = z.array(z.object({ field: z.union([id, z.string().min(1)]), value: text }))
const tags = z.array(z.string().min(1))
const entity = z.object({ kind: z.enum(['contact', 'company', 'lead']), id })

/** What a script may change at each point. What is not listed stays as it was: who is proven by it must find it again. */
const changeable = {
  'need-registration': z.boolean(),
  'client-phone': z.string().max(40),
  'recording-path': z.string().max(1000),
  'contact-creation': z.object({ name: text, owner: id, fields, tags, company: id }).partial(),
  'unsorted-creation': z
    .object({ name: text, contactName: text, pipeline: id, contactFields: fields, leadFields: fields, tags })
    .partial(),
  'lead-creation': z.object({ name: text, pipeline: id, status: id, owner: id, tags, source: id, fields }).partial(),
  'task-creation': z.object({ text, owner: id, deadline: z.number().positive(), type: id }).partial(),
  'call-parameters': z
    .object({
      entity,
      phone: text,
      person: z.union([id, text]),
      author: id,
      text,
      recordingUrl: z.url(),
      status: z.enum(['voicemail', 'answered', 'wrong-number', 'not-reached', 'busy']),
      talkSeconds: z.number().min(0),
    })
    .partial(),
  'contact-update': z.object({ owner: id, name: text, fields, tags }).partial(),
  'lead-update': z
    .object({ owner: id, name: text, fields, tags, status: z.object({ pipeline: id, status: id }) })
    .partial(),
  'post-registration': z.unknown(),
} satisfies Record<HookPoint, z.ZodType>

/** `value` with what `answer` may change of it; `value` itself when the answer cannot be used. */
export function changedValue<Point extends HookPoint>(
  point: Point,
  value: HookValues[Point],
  answer: unknown,
): HookValues[Point] {
  if (point === 'post-registration') return value
  const { success, data } = changeable[point].safeParse(answer)
  if (!success || data === undefined) return value
  const changed = typeof data === 'object' && data !== null && typeof value === 'object' ? { ...value, ...data } : data
  // What the schema took fits the value's type: its keys are the value's own.
  return changed as HookValues[Point]
}
