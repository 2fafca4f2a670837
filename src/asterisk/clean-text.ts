/** Longest name a phone's display and the CDR's `clid` (80 characters with the number) can hold. */
const LONGEST_NAME = 60

/**
 * Text that strangers wrote (a display name, a contact's name), fit for a dialplan variable and a SIP header: commas, quotes,
 * `$`, braces, brackets, backslashes, semicolons, pipes, line breaks and other control characters become spaces, runs of spaces
 * one, 60 characters at most. Letters of every script stay.
 */
export function dialplanText(raw: string): string {
  const plain = raw
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs},;"'`$(){}[\]<>\\|&^~]/gu, ' ')
    .replace(/\s+/gu, ' ')
    .trim()
  return [...plain].slice(0, LONGEST_NAME).join('').trim()
}
