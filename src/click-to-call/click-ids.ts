import { createHash } from 'node:crypto'

/** With the prefix 28 characters: CEL and CDR keep 32, and a Local channel appends `;2` (reference ari.md 7.1). */
const DIGITS = 22

/**
 * The channel id of a click. The same request of the same person always gives the same id, and Asterisk refuses a second
 * channel of that id: one request, one originate.
 */
export function callIdOf(extension: string, requestId: string): string {
  const digest = createHash('sha256').update(`${extension}\n${requestId}`).digest('hex')
  return `click-${digest.slice(0, DIGITS)}`
}
