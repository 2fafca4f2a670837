import { DatabaseError, DatabaseRefused, DatabaseUnreachable, SchemaUnusable } from './database-error.ts'

/** A DatabaseError on its way from one thread to another, which takes no classes along. */
export interface DatabaseFailure {
  readonly name: string
  readonly what: string
  readonly cure: string
}

export function failureOf(error: unknown): DatabaseFailure {
  if (error instanceof DatabaseError) return { name: error.name, what: error.what, cure: error.cure }
  const what = error instanceof Error ? error.message : String(error)
  return { name: 'Error', what, cure: 'an error in Callweave: please report it' }
}

export function errorOf({ name, what, cure }: DatabaseFailure): DatabaseError {
  switch (name) {
    case 'DatabaseRefused':
      return new DatabaseRefused(what, cure)
    case 'SchemaUnusable':
      return new SchemaUnusable(what, cure)
    default:
      return new DatabaseUnreachable(what, cure)
  }
}
