/** A netstring on the wire: `LENGTH:PAYLOAD,` with the length in bytes (cr.yp.to/proto/netstrings.txt). */
export function encodeNetstring(payload: string): Buffer {
  const bytes = Buffer.from(payload)
  return Buffer.concat([Buffer.from(`${bytes.length}:`), bytes, Buffer.from(',')])
}

/**
 * Takes the whole netstrings out of what has arrived so far.
 * @returns the payloads and the bytes that belong to the next one
 * @throws Error when the bytes are no netstring: the connection is of no use any more
 */
export function decodeNetstrings(bytes: Buffer): { payloads: string[]; rest: Buffer } {
  const payloads: string[] = []
  let at = 0
  for (;;) {
    const colon = bytes.indexOf(':', at)
    if (colon < 0) break
    const digits = bytes.toString('latin1', at, colon)
    if (!/^\d{1,9}$/.test(digits)) throw new Error('not a netstring: no length before the colon')
    const end = colon + 1 + Number(digits)
    if (bytes.length <= end) break
    if (bytes[end] !== 0x2c) throw new Error('not a netstring: no comma after the payload')
    payloads.push(bytes.toString('utf8', colon + 1, end))
    at = end + 1
  }
  return { payloads, rest: bytes.subarray(at) }
}
