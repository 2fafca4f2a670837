import { TextDecoder } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { InputError } from './input-error.ts'

/** More than any recording that a person would look at. */
const LARGEST_BYTES = 1024 * 1024 * 1024

/**
 * The text of a file as people send it: compressed or not, UTF-8 or UTF-16, with or without a byte order mark.
 * @throws InputError when it is compressed and broken, or compressed in another way
 */
export function recordingText(bytes: Buffer): string {
  const [first, second] = bytes
  if (first === 0x1f && second === 0x8b) return recordingText(unpacked(bytes))
  if (first === 0x50 && second === 0x4b) throw new InputError('it is a ZIP archive; unpack it first')
  return decoder(bytes).decode(bytes)
}

function unpacked(bytes: Buffer): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: LARGEST_BYTES })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(`it is compressed and cannot be unpacked (${reason}); send it again, the end may be missing`)
  }
}

/** Decoders take the byte order mark away. Every second byte of Latin text in UTF-16 is zero. */
function decoder(bytes: Buffer): TextDecoder {
  const [first, second] = bytes
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be')
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0)) return new TextDecoder('utf-16le')
  return first === 0 && second !== 0 && second !== undefined ? new TextDecoder('utf-16be') : new TextDecoder()
}
