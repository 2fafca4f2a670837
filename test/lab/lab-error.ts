/** The lab cannot do what it was asked to; the message says what is missing and the cure. */
export class LabError extends Error {
  override name = 'LabError'
}
