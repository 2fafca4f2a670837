/** The input cannot be used; the message says what to do. */
export class InputError extends Error {
  override name = 'InputError'
}
