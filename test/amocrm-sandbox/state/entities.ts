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

/** Types of fields an integration may write; each takes values of its own kind. */
export type FieldType =
  | 'multitext'
  | 'text'
  | 'textarea'
  | 'url'
  | 'numeric'
  | 'checkbox'
  | 'select'
  | 'multiselect'
  | 'radiobutton'
  | 'date'
  | 'date_time'
  | 'tracking_data'

export interface FieldDefinition {
  readonly id: number
  readonly name: string
  readonly code: string | null
  readonly type: FieldType
  /** `code` of a multitext's kinds of phone, the text shown of a list. */
  readonly enums: readonly FieldEnum[]
  /** Cannot be edited in amoCRM's own pages; the API may. */
  readonly apiOnly?: boolean
}

export interface FieldValues {
  readonly field: FieldDefinition
  readonly values: readonly { readonly value: FieldValue; readonly enum: FieldEnum | undefined }[]
}

export type FieldValue = string | number | boolean

export interface Tag {
  readonly id: number
  readonly name: string
}

/** What the search index knows of an entity from an instant (epoch ms) on. */
export interface SearchText {
  readonly from: number
  /** All filled fields in lower case. */
  readonly text: string
  /** Digits only. */
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
  source: number | null
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

/** A all, M only what one is responsible for, D nothing. */
export type Right = 'A' | 'M' | 'D'

export interface User {
  readonly id: number
  readonly name: string
  readonly email: string
  admin: boolean
  active: boolean
  /** What one may see; administrators see all. Default A. */
  view?: Right
  role?: number
}

/** `metadata` is kept as it was sent. */
export interface Unsorted {
  readonly uid: string
  readonly category: 'sip' | 'forms'
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
  sortedBy: number | undefined
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

/** Where leads come from, as an integration registered it. */
export interface Source {
  readonly id: number
  name: string
  readonly externalId: string
  pipeline: number
  isDefault: boolean
}
