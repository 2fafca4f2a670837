import type { EntityKey, FieldDefinition, Right, User } from './entities.ts'

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
  /** Default: the main one. */
  readonly pipeline?: number
  readonly status?: number
  readonly contacts?: readonly number[]
  readonly company?: number
  readonly createdAt?: number
}

/** On what is there. Unknown ids are a mistake of the test: an Error is thrown. */
export interface WorkHands {
  /** A person edits a card. */
  editContact(id: number, change: Partial<Pick<NewClient, 'name' | 'owner' | 'phones'>>): void
  editLead(id: number, change: { readonly name?: string; readonly owner?: number }): void
  /** To a stage of the same pipeline or another one; out of the incoming stage it is an acceptance. */
  moveLead(id: number, to: { readonly status: number; readonly pipeline?: number }): void
  /** The loser's id is gone; its phones, notes, tasks and links stand on the winner. */
  mergeContacts(loser: number, winner: number): void
  /** Into the trash; a lead that waits in the incoming stage is declined. */
  deleteContact(id: number): void
  deleteCompany(id: number): void
  deleteLead(id: number): void
  /** Out of the trash. */
  restoreContact(id: number): void
  restoreCompany(id: number): void
  restoreLead(id: number): void
  completeTask(id: number, result?: string): void
  deleteTask(id: number): void
  /** People delete notes in the feed; the API cannot. */
  deleteNote(id: number): void
  acceptUnsorted(uid: string, by?: { readonly user?: number; readonly status?: number }): void
  declineUnsorted(uid: string, by?: { readonly user?: number }): void
}

/** What an administrator does. */
export interface AccountHands {
  addUser(user: {
    readonly name: string
    readonly admin?: boolean
    readonly id?: number
    readonly view?: Right
  }): number
  /** Dismissed: tokens die, the id is refused in writes. */
  deactivateUser(id: number): void
  reactivateUser(id: number): void
  setRights(id: number, rights: Partial<Pick<User, 'admin' | 'view' | 'role'>>): void
  /** Incoming leads of the whole account, or of one pipeline. */
  switchUnsorted(on: boolean, pipeline?: number): void
  unsortedOn(): boolean
  /** The paid filter by custom fields. */
  switchApiFilter(on: boolean): void
  addPipeline(pipeline: { readonly name: string; readonly stages: readonly string[] }): number
  archivePipeline(id: number): void
  /** The ids of the field and of a list's values are in what comes back. */
  addField(
    type: EntityKey['type'],
    field: {
      readonly name: string
      readonly type: FieldDefinition['type']
      readonly code?: string
      readonly values?: readonly string[]
    },
  ): FieldDefinition
  removeField(type: EntityKey['type'], id: number): void
}
