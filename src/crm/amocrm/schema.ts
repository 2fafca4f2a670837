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

/** Other vendors' call notes hold text for numbers and nulls for what is absent; the old API wrote its keys in capitals. */
const CallParams = z.preprocess(
  lowerKeys,
  z.object({
    uniq: text,
    phone: z
      .union([z.string(), z.number()])
      .nullish()
      .transform((value) => String(value ?? '')),
    duration: z.coerce.number().catch(0),
    call_status: z.coerce.number().catch(0),
    call_responsible: z
      .union([z.string(), z.number()])
      .nullish()
      .catch(undefined)
      .transform((value) => String(value ?? '')),
  }),
)

/** PHP writes an empty object as a list, which has no keys either. */
function lowerKeys(params: unknown): unknown {
  if (typeof params !== 'object' || params === null) return params
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key.toLowerCase(), value]))
}

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
    callStatus: note.params.call_status,
    person: note.params.call_responsible,
  }))
export type CallNote = z.infer<typeof CallNote>

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

/** Right words of amoCRM: all, group, own, denied (reference amocrm.md 9). */
const reaches = { A: 'all', G: 'group', M: 'own', D: 'none' } as const
const reach = z
  .enum(['A', 'G', 'M', 'D'])
  .catch('D')
  .transform((letter) => reaches[letter])
const Rights = z.object({ view: reach, edit: reach, add: reach })
const nothing = { view: 'none', edit: 'none', add: 'none' } as const

export const User = z
  .object({
    id: z.number(),
    name: text,
    rights: z
      .object({
        is_active: z.boolean().nullish(),
        is_admin: z.boolean().nullish(),
        contacts: Rights.optional().catch(undefined),
        leads: Rights.optional().catch(undefined),
      })
      .nullish(),
  })
  .transform(({ id, name, rights }) => ({
    id,
    name,
    active: rights?.is_active !== false,
    admin: rights?.is_admin === true,
    rights: { contacts: rights?.contacts ?? nothing, leads: rights?.leads ?? nothing },
  }))

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

/** Won and lost: the same two ids in every pipeline (reference amocrm.md 4.4). */
const WON = 142
const LOST = 143

const Status = z
  .object({ id: z.number(), name: text, type: z.number().nullish() })
  .transform(({ id, name, type }) => ({ id, name, kind: statusKind(id, type) }))

function statusKind(id: number, type: number | null | undefined) {
  if (id === WON) return 'won' as const
  if (id === LOST) return 'lost' as const
  return type === 1 ? ('unsorted' as const) : ('open' as const)
}

export const Pipeline = z
  .object({
    id: z.number(),
    name: text,
    is_main: z.boolean().nullish(),
    is_unsorted_on: z.boolean().nullish(),
    is_archive: z.boolean().nullish(),
    _embedded: z.object({ statuses: z.array(Status).nullish() }).nullish(),
  })
  .transform(({ id, name, is_main, is_unsorted_on, is_archive, _embedded }) => ({
    id,
    name,
    main: is_main === true,
    unsorted: is_unsorted_on !== false,
    archived: is_archive === true,
    statuses: _embedded?.statuses ?? [],
  }))

const linked = z.array(z.object({ id: z.number(), is_main: z.boolean().nullish() })).nullish()

export const Lead = z
  .object({
    id: z.number(),
    name: text,
    responsible_user_id: user,
    pipeline_id: z.number(),
    status_id: z.number(),
    created_at: seconds,
    updated_at: seconds,
    is_deleted: z.boolean().nullish(),
    _embedded: z.preprocess(
      (value) => (Array.isArray(value) ? {} : value),
      z.object({ contacts: linked, companies: linked }).nullish(),
    ),
  })
  .transform((lead) => ({
    id: lead.id,
    name: lead.name,
    owner: lead.responsible_user_id,
    pipeline: lead.pipeline_id,
    status: lead.status_id,
    createdAt: lead.created_at,
    updatedAt: lead.updated_at,
    deleted: lead.is_deleted === true,
    contacts: (lead._embedded?.contacts ?? [])
      .toSorted((a, b) => Number(b.is_main === true) - Number(a.is_main === true))
      .map(({ id }) => id),
    companies: (lead._embedded?.companies ?? []).map(({ id }) => id),
  }))

export const CustomField = z
  .object({
    id: z.number(),
    code: z.string().nullish(),
    name: text,
    type: text,
    enums: z.array(z.object({ value: z.unknown() })).nullish(),
  })
  .transform(({ id, code, name, type, enums }) => ({
    id,
    code: code ?? undefined,
    name,
    type,
    choices: (enums ?? []).map(({ value }) => String(value ?? '')),
  }))

export const Webhook = z.object({
  destination: text,
  disabled: z.boolean().nullish(),
  settings: z.array(z.string()).nullish(),
})

export const Source = z
  .object({ id: z.number(), external_id: text })
  .transform(({ id, external_id }) => ({ id, externalId: external_id }))
