/** Which bytes of a file are asked for; both ends are included. */
export type Range = { readonly start: number; readonly end: number } | 'whole' | 'unsatisfiable'

/**
 * Reads a Range header (RFC 9110 section 14). What is no single range of bytes is answered with the whole, as the RFC allows.
 * @param ifRange the If-Range header: the part is given only of what the client already has a part of.
 */
export function rangeOf(header: string | undefined, ifRange: string | undefined, etag: string, bytes: number): Range {
  const [, first = '', last = ''] = /^bytes=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? []
  if (first === '' && last === '') return 'whole'
  if (ifRange !== undefined && ifRange !== etag) return 'whole'
  if (first === '') {
    const length = Math.min(Number(last), bytes)
    return length === 0 ? 'unsatisfiable' : { start: bytes - length, end: bytes - 1 }
  }
  const start = Number(first)
  const end = last === '' ? bytes - 1 : Math.min(Number(last), bytes - 1)
  if (last !== '' && Number(last) < start) return 'whole'
  return start >= bytes ? 'unsatisfiable' : { start, end }
}
