/** A request that cannot be understood or taken; the message says how it goes. The door answers with it. */
export class WrongRequest extends Error {
  override name = 'WrongRequest'
  readonly status: 400 | 404 | 413
  readonly expose = true

  constructor(message: string, status: 400 | 404 | 413 = 400) {
    super(message)
    this.status = status
  }
}

/** It cannot be done now: the state of things, not the request, is in the way. */
export class CannotRead extends Error {
  override name = 'CannotRead'
  readonly status = 503
  readonly expose = true
}
