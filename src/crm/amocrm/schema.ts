import { z } from 'zod'

/** Only what is read; amoCRM sends much more. Times are Unix seconds in, epoch milliseconds out. */

const seconds = z.number().transform((value) => value * 1000)
/** Absent, null and 0 all mean nobody. */
const user = z
  .number()
  .nullish()
  .transform((value) => value ?? 0)
const requestId = z.union([z.string(), z.number()]).transform(String)
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '')

export const Page = z.object({
  _links: z.object({ next: z.object({ href: z.string() }).optional() }).optional(),
  // PHP writes an empty object as a list.
  _embedded: z.preprocess((value) => (Array.isArray(value) ? {} : value), z.record(z.string(), z.array(z.unknown()))),
})
export type Page = z.infer<typeof Page>

const Field = z.object({
  field_code: z.string().nullish(),
  values: z.array(z.object({ value: z.unknown() })).nullish(),
})

/** A contact or a company. */
export const Client = z
  .object({
    id: z.number(),
    name: text,
    responsible_user_id: user,
    created_at: seconds,
    updated_at: seconds,
    is_deleted: z.boolean().nullish(),
    is_unsorted: z.boolean().nullish(),
    custom_fields_values: z.array(Field).nullish(),
  })
  .transform((client) => ({
    id: client.id,
    name: client.name,
    owner: client.responsible_user_id,
    createdAt: client.created_at,
    updatedAt: client.updated_at,
    hidden: client.is_deleted === true || client.is_unsorted === true,
    phones: (client.custom_fields_values ?? [])
      .filter((field) => field.field_code === 'PHONE')
      .flatMap((field) => (field.values ?? []).map(({ value }) => String(value ?? '')))
      .filter((phone) => phone !== ''),
  }))

/** Other vendors' call notes hold strings for numbers and nulls for what is absent. */
const CallParams = z.object({
  uniq: text,
  phone: z
    .union([z.string(), z.number()])
    .nullish()
    .transform((value) => String(value ?? '')),
  duration: z.coerce.number().catch(0),
})

export const CallNote = z
  .object({
    id: z.number(),
    entity_id: z.number(),
    note_type: z.enum(['call_in', 'call_out']),
    created_at: seconds,
    params: CallParams,
  })
  .transform((note) => ({
    id: note.id,
    entityId: note.entity_id,
    direction: note.note_type === 'call_in' ? ('in' as const) : ('out' as const),
    startedAt: note.created_at,
    uniq: note.params.uniq,
    phone: note.params.phone,
    talkSeconds: note.params.duration,
  }))

export const Task = z
  .object({
    id: z.number(),
    entity_id: z.number().nullish(),
    entity_type: z.string().nullish(),
    text: text,
    created_at: seconds,
    complete_till: seconds,
    is_completed: z.boolean().nullish(),
  })
  .transform((task) => ({
    id: task.id,
    entityId: task.entity_id ?? 0,
    entityType: task.entity_type ?? '',
    text: task.text,
    createdAt: task.created_at,
    deadline: task.complete_till,
    completed: task.is_completed === true,
  }))

export const User = z
  .object({
    id: z.number(),
    name: text,
    rights: z.object({ is_active: z.boolean().nullish() }).nullish(),
  })
  .transform(({ id, name, rights }) => ({ id, name, active: rights?.is_active !== false }))

export const Account = z
  .object({
    id: z.number(),
    name: text,
    subdomain: text,
    current_user_id: user,
    is_unsorted_on: z.boolean().nullish(),
  })
  .transform((account) => ({
    id: account.id,
    name: account.name,
    subdomain: account.subdomain,
    currentUser: account.current_user_id,
    unsorted: account.is_unsorted_on === true,
  }))

/** An item of a write's thin answer. */
export const WrittenItem = z
  .object({ id: z.number(), request_id: requestId })
  .transform(({ id, request_id }) => ({ requestId: request_id, written: { id } }))

const incomingLead = {
  uid: z.string(),
  _embedded: z.object({
    leads: z.array(z.object({ id: z.number() })).min(1),
    contacts: z.array(z.object({ id: z.number() })).nullish(),
  }),
}

/** An incoming lead in the answer of the request that made it. */
export const WrittenIncomingLead = z
  .object({ ...incomingLead, request_id: requestId })
  .transform(({ request_id, ...lead }) => ({ requestId: request_id, written: incomingLeadOf(lead) }))

/** An incoming lead that waits. */
export const StoredIncomingLead = z
  .object({ ...incomingLead, created_at: seconds, metadata: z.object({ uniq: text }).nullish() })
  .transform(({ created_at, metadata, ...lead }) => ({
    ...incomingLeadOf(lead),
    createdAt: created_at,
    uniq: metadata?.uniq ?? '',
  }))

function incomingLeadOf({ uid, _embedded: { leads, contacts } }: z.infer<z.ZodObject<typeof incomingLead>>) {
  return { uid, lead: leads[0]?.id ?? 0, contact: contacts?.[0]?.id }
}

export const Pipeline = z
  .object({ id: z.number(), is_main: z.boolean().nullish(), is_unsorted_on: z.boolean().nullish() })
  .transform(({ id, is_main, is_unsorted_on }) => ({
    id,
    main: is_main === true,
    takesIncoming: is_unsorted_on !== false,
  }))
