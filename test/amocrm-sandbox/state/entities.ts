/** What the sandbox keeps. Instants are unix seconds, as everywhere in API v4. */
export type EntityType = 'leads' | 'contacts' | 'companies'

export const entityTypes = ['leads', 'contacts', 'companies'] as const

export const singular = { leads: 'lead', contacts: 'contact', companies: 'company' } as const

export interface EntityKey {
  readonly type: EntityType
  readonly id: number
}

export interface FieldEnum {
  readonly id: number
  readonly code: string
}

export interface FieldDefinition {
  readonly id: number
  readonly name: string
  readonly code: string | null
  readonly type: 'multitext' | 'text' | 'textarea' | 'url'
  readonly enums: readonly FieldEnum[]
}

export interface FieldValues {
  readonly field: FieldDefinition
  readonly values: readonly { readonly value: string; readonly enum: FieldEnum | undefined }[]
}

export interface Tag {
  readonly id: number
  readonly name: string
}

/** What the search index knows of an entity from an instant (epoch ms) on. */
export interface SearchText {
  readonly from: number
  readonly texts: readonly string[]
  readonly phones: readonly string[]
}

interface EntityBase {
  readonly id: number
  name: string
  responsibleUser: number
  createdBy: number
  updatedBy: number
  createdAt: number
  updatedAt: number
  deleted: boolean
  fields: readonly FieldValues[]
  tags: readonly Tag[]
  searchable: readonly SearchText[]
}

export interface Contact extends EntityBase {
  readonly type: 'contacts'
  firstName: string
  lastName: string
  /** Waits in an incoming lead that nobody accepted yet. */
  unsorted: boolean
}

export interface Company extends EntityBase {
  readonly type: 'companies'
}

export interface Lead extends EntityBase {
  readonly type: 'leads'
  price: number
  pipeline: number
  status: number
  lossReason: number | null
  closedAt: number | null
}

export type Entity = Contact | Company | Lead

export interface Note {
  readonly id: number
  entity: EntityKey
  readonly noteType: string
  params: Readonly<Record<string, unknown>>
  responsibleUser: number
  createdBy: number
  updatedBy: number
  createdAt: number
  updatedAt: number
  pinned: boolean
  /** False when the writer asked for no automations. */
  readonly triggersAutomation: boolean
  /** How it came: `/calls`, `/notes` or an incoming lead. */
  readonly origin: 'calls' | 'notes' | 'unsorted'
}

export interface Task {
  readonly id: number
  entity: EntityKey | undefined
  text: string
  taskType: number
  completeTill: number
  completed: boolean
  duration: number
  result: { readonly text: string } | undefined
  responsibleUser: number
  createdBy: number
  updatedBy: number
  createdAt: number
  updatedAt: number
}

export interface User {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly admin: boolean
  active: boolean
}

/** `metadata` is kept as it was sent. */
export interface Unsorted {
  readonly uid: string
  readonly sourceUid: string
  readonly sourceName: string
  readonly pipeline: number
  readonly createdAt: number
  readonly metadata: Readonly<Record<string, unknown>>
  readonly lead: number
  readonly contacts: readonly number[]
  readonly companies: readonly number[]
  state: 'waiting' | 'accepted' | 'declined'
  sortedAt: number | undefined
}

export interface AmoEvent {
  readonly id: string
  readonly type: string
  readonly entityType: 'lead' | 'contact' | 'company' | 'task'
  readonly entityId: number
  readonly createdBy: number
  readonly createdAt: number
  readonly after: readonly unknown[]
  readonly before: readonly unknown[]
}

/** A call announced through `/api/v2/events`. */
export interface Popup {
  readonly at: number
  readonly phone: string
  /** Who sees it; all active users when the request named nobody. */
  readonly users: readonly number[]
  /** The card it opens; undefined offers to create a contact. */
  readonly entity: EntityKey | undefined
}
