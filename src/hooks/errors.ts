/** A hook did not do what it was asked to; the value it was given goes on. */
export class HookFailed extends Error {
  override name = 'HookFailed'
}

/** Its thread was ended because of another hook: it may be asked again. */
export class HookInterrupted extends HookFailed {
  override name = 'HookInterrupted'
}
