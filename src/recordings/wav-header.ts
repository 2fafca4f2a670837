import { open } from 'node:fs/promises'
import { unreadable } from './file-source.ts'

/** `open`: its header still says 0 bytes of sound, as Asterisk leaves it until the recording ends. */
export type WavState = 'closed' | 'open' | 'empty' | 'no-wav'

const HEADER_BYTES = 12
const CHUNK_BYTES = 8
/** The sound begins within the first chunks; a file where it does not is left to the converter. */
const HEAD_BYTES = 4_096

/** How a recording's file stands, by its first bytes. @throws SourceUnavailable */
export async function readWavState(path: string): Promise<WavState> {
  await using file = await open(path).catch((cause) => {
    throw unreadable(cause, path)
  })
  const head = Buffer.alloc(HEAD_BYTES)
  const { bytesRead } = await file.read(head, 0, HEAD_BYTES, 0)
  return wavState(head.subarray(0, bytesRead), (await file.stat()).size)
}

/** @param bytes the file's size. */
export function wavState(head: Buffer, bytes: number): WavState {
  if (bytes === 0) return 'empty'
  if (head.toString('latin1', 0, 4) !== 'RIFF' || head.toString('latin1', 8, 12) !== 'WAVE') return 'no-wav'
  for (let at = HEADER_BYTES; at + CHUNK_BYTES <= head.length; ) {
    const length = head.readUInt32LE(at + 4)
    if (head.toString('latin1', at, at + 4) !== 'data') {
      at += CHUNK_BYTES + length + (length % 2)
      continue
    }
    const there = bytes - at - CHUNK_BYTES
    if (there === 0) return length === 0 ? 'empty' : 'open'
    return length === 0 || length > there ? 'open' : 'closed'
  }
  return 'closed'
}
