import { CrmError } from '../errors.ts'
import type { NewContact, WriteOutcome } from '../port.ts'
import type { Api, ApiLog } from './api.ts'
import type { FieldItem, FieldWriter } from './custom-fields.ts'
import { preparedBatch } from './prepared-batch.ts'
import type { Item } from './slimmer-item.ts'
import { tagItems } from './tag-items.ts'
import { writeBatch } from './write-batch.ts'

export interface ContactWriting {
  readonly api: Api
  readonly fields: FieldWriter
  readonly log: ApiLog
}

export async function createContacts(
  { api, fields, log }: ContactWriting,
  contacts: readonly NewContact[],
  signal: AbortSignal,
): Promise<readonly WriteOutcome[]> {
  const outcomes = await preparedBatch(
    () =>
      Promise.all(
        contacts.map(async (contact) => contactItem(contact, await fields.items('contact', contact.fields, signal))),
      ),
    contacts.length,
    (items) => writeBatch(api, { method: 'POST', path: '/api/v4/contacts' }, 'contacts', items, signal),
  )
  const links = contacts.flatMap(({ company }, at) => {
    const outcome = outcomes[at]
    if (company === undefined || outcome?.kind !== 'written') return []
    return [{ entity_id: outcome.id, to_entity_id: company, to_entity_type: 'companies' }]
  })
  if (links.length > 0) await linkCompanies(api, links, log, signal)
  return outcomes
}

/** The phone as the CRM keeps it; a contact's other fields come behind it. */
export function phoneFields(phone: string, others: readonly FieldItem[] = []): readonly FieldItem[] {
  return [{ field_code: 'PHONE', values: [{ value: phone, enum_code: 'WORK' }] }, ...others]
}

function contactItem({ name, phone, owner, tags }: NewContact, fields: readonly FieldItem[]): Item {
  return {
    name,
    ...(owner !== undefined && { responsible_user_id: owner }),
    ...tagItems(tags),
    custom_fields_values: phoneFields(phone, fields),
  }
}

/** A link cannot be set when a contact is made (reference amocrm.md 3.4). The contact is there whatever becomes of it. */
async function linkCompanies(api: Api, links: readonly object[], log: ApiLog, signal: AbortSignal): Promise<void> {
  try {
    await api.send('POST', '/api/v4/contacts/link', links, { signal })
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    log.warn({ err: error, contacts: links.length }, 'new contacts could not be linked to their company')
  }
}
