import type { Contact, EntityKey, FieldValues } from './entities.ts'
import { insertCompany, insertContact, insertLead } from './insert.ts'
import { account, fieldDefinitions, pipelines } from './seed.ts'
import type { World } from './world.ts'

export interface NewClient {
  readonly name?: string
  readonly phones?: readonly string[]
  readonly emails?: readonly string[]
  /** User id; default 7000001. */
  readonly owner?: number
  /** Unix seconds; default now. */
  readonly createdAt?: number
}

export interface NewLead {
  readonly name?: string
  readonly owner?: number
  readonly status?: number
  readonly contacts?: readonly number[]
  readonly company?: number
  readonly createdAt?: number
}

/** What people do in amoCRM's own pages, without any request: immediate, and known to the search at once. */
export interface Hands {
  addContact(contact: NewClient & { readonly company?: number }): number
  addCompany(company: NewClient): number
  /** Linked to its contacts and company; first ordinary stage unless told otherwise. */
  addLead(lead: NewLead): number
  addUser(user: { readonly name: string; readonly admin?: boolean; readonly id?: number }): number
  deactivateUser(id: number): void
  /** The loser's id is gone; its phones, notes, tasks and links stand on the winner. */
  mergeContacts(loser: number, winner: number): void
  /** Into the trash. */
  deleteContact(id: number): void
  deleteCompany(id: number): void
  deleteLead(id: number): void
}

const somebody = 7000001

export function createHands(world: World): Hands {
  const visibleAtOnce = (
    entity: Contact | ReturnType<typeof insertCompany> | ReturnType<typeof insertLead>,
  ): number => {
    entity.searchable = entity.searchable.slice(-1).map((known) => ({ ...known, from: 0 }))
    return entity.id
  }

  function trash(key: EntityKey): void {
    const entity = existing(world, key)
    entity.deleted = true
    world.touch(entity, somebody)
  }

  return {
    addContact(contact) {
      const stored = insertContact(world, { ...common(contact), fields: fieldsOf('contacts', contact) })
      if (contact.company !== undefined) world.links.add(key('contacts', stored.id), key('companies', contact.company))
      return visibleAtOnce(stored)
    },
    addCompany: (company) =>
      visibleAtOnce(insertCompany(world, { ...common(company), fields: fieldsOf('companies', company) })),
    addLead(lead) {
      const main = pipelines[0]
      const first = main?.statuses.find(({ type }) => type === 0)
      if (main === undefined || first === undefined) throw new Error(`account ${account.id} has no pipeline`)
      const stored = insertLead(world, { ...common(lead), pipeline: main.id, status: lead.status ?? first.id })
      for (const id of lead.contacts ?? []) world.links.add(key('leads', stored.id), key('contacts', id))
      if (lead.company !== undefined) world.links.add(key('leads', stored.id), key('companies', lead.company))
      return visibleAtOnce(stored)
    },
    addUser(user) {
      const id = user.id ?? world.nextId('users')
      world.users.push({
        id,
        name: user.name,
        email: `user${id}@acme.example`,
        admin: user.admin ?? false,
        active: true,
      })
      return id
    },
    deactivateUser(id) {
      const user = world.users.find((candidate) => candidate.id === id)
      if (user === undefined) throw new Error(`the sandbox has no user ${id}`)
      user.active = false
    },
    mergeContacts(loser, winner) {
      const from = existing(world, key('contacts', loser))
      const to = existing(world, key('contacts', winner))
      to.fields = withPhonesOf(to.fields, from.fields)
      world.links.move(key('contacts', loser), key('contacts', winner))
      for (const note of world.notes.values()) if (isContact(note.entity, loser)) note.entity = key('contacts', winner)
      for (const task of world.tasks.values()) if (isContact(task.entity, loser)) task.entity = key('contacts', winner)
      world.contacts.delete(loser)
      world.touch(to, somebody)
      world.record({
        type: 'entity_merged',
        entityType: 'contact',
        entityId: winner,
        createdBy: somebody,
        before: [{ contact: { id: loser } }],
      })
    },
    deleteContact(id) {
      trash(key('contacts', id))
      world.record({ type: 'contact_deleted', entityType: 'contact', entityId: id, createdBy: somebody })
    },
    deleteCompany(id) {
      trash(key('companies', id))
      world.record({ type: 'company_deleted', entityType: 'company', entityId: id, createdBy: somebody })
    },
    deleteLead(id) {
      trash(key('leads', id))
      world.record({ type: 'lead_deleted', entityType: 'lead', entityId: id, createdBy: somebody })
    },
  }
}

function common(sent: NewClient | NewLead) {
  return {
    name: sent.name ?? '',
    responsibleUser: sent.owner ?? somebody,
    createdBy: sent.owner ?? somebody,
    ...(sent.createdAt === undefined ? {} : { createdAt: sent.createdAt }),
  }
}

function fieldsOf(type: 'contacts' | 'companies', client: NewClient): FieldValues[] {
  return [field(type, 'PHONE', client.phones ?? []), field(type, 'EMAIL', client.emails ?? [])].filter(
    ({ values }) => values.length > 0,
  )
}

function field(type: 'contacts' | 'companies', code: string, values: readonly string[]): FieldValues {
  const definition = fieldDefinitions[type].find((candidate) => candidate.code === code)
  if (definition === undefined) throw new Error(`the account has no field ${code}`)
  return { field: definition, values: values.map((value) => ({ value, enum: definition.enums[0] })) }
}

function withPhonesOf(own: readonly FieldValues[], other: readonly FieldValues[]): FieldValues[] {
  const merged = own.map((entry) => {
    const more = other.find(({ field: { id } }) => id === entry.field.id)?.values ?? []
    return {
      ...entry,
      values: [...entry.values, ...more.filter(({ value }) => !entry.values.some((known) => known.value === value))],
    }
  })
  return [...merged, ...other.filter((entry) => !own.some(({ field: { id } }) => id === entry.field.id))]
}

function existing(world: World, entity: EntityKey) {
  const found = world.find(entity)
  if (found === undefined) throw new Error(`the sandbox has no ${entity.type} ${entity.id}`)
  return found
}

function key(type: EntityKey['type'], id: number): EntityKey {
  return { type, id }
}

function isContact(entity: EntityKey | undefined, id: number): boolean {
  return entity?.type === 'contacts' && entity.id === id
}
