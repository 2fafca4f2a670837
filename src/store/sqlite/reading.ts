import { asStoreError } from './sqlite-failure.ts'

/** Runs a read and gives its failure a type. */
export async function reading<T>(read: () => T): Promise<T> {
  try {
    return read()
  } catch (error) {
    throw asStoreError(error)
  }
}
