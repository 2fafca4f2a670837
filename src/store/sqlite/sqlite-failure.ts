import { StoreError, type StoreErrorCode } from '../store-error.ts'

/** A failure as it travels from the writer thread: errors lose their class on the way. */
export interface Failure {
  readonly code: StoreErrorCode
  readonly what: string
}

/** Primary result codes of SQLite (https://sqlite.org/rescode.html) a person can act on. */
const codes: Readonly<Record<number, StoreErrorCode>> = {
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'io',
  11: 'corrupt',
  13: 'disk-full',
  14: 'not-openable',
  26: 'corrupt',
}

/** Names what SQLite (or the file system) threw. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StoreError) return { code: error.code, what: withoutCure(error) }
  if (!(error instanceof Error)) return { code: 'bad-input', what: String(error) }
  if ('errcode' in error && typeof error.errcode === 'number') {
    return { code: codes[error.errcode & 0xff] ?? 'bad-input', what: `SQLite says: ${error.message}` }
  }
  const code = 'code' in error ? error.code : undefined
  if (code === 'ERR_INVALID_STATE') return { code: 'closed', what: 'The store is closed' }
  if (code === 'ENOSPC' || code === 'EDQUOT') return { code: 'disk-full', what: error.message }
  if (code === 'EROFS') return { code: 'read-only', what: error.message }
  if ('syscall' in error) return { code: 'not-openable', what: error.message }
  return { code: 'bad-input', what: error.message }
}

/** The typed error of a failure; one that is typed already stays itself. */
export function asStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const { code, what } = failureOf(error)
  return new StoreError(code, what, { cause: error })
}

/** Spoils more than the statement that met it: the transaction around it must go too. */
export function spoilsTransaction(failure: Failure): boolean {
  return failure.code !== 'bad-input'
}

function withoutCure(error: StoreError): string {
  return error.message.slice(0, -`. ${error.cure}`.length)
}
