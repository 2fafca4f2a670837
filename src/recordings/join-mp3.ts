import { appendFile, readFile } from 'node:fs/promises'

const ID3_HEADER_BYTES = 10
const ID3V1_BYTES = 128
/** Bits of the header that Layer III of MPEG 2 and 2.5 needs here. */
const kilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160]
const kilobits1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320]
const rates = [44_100, 48_000, 32_000]

/** Puts MP3 files of one kind (constant rate, alike) one behind the other. */
export async function joinMp3(parts: readonly string[], output: string): Promise<void> {
  for (const part of parts) await appendFile(output, bareFrames(await readFile(part)))
}

/**
 * The frames of an MP3 without tags and without the first frame's "Xing" or "Info", which tells the length of its own file: a player
 * would stop believing in the rest.
 */
export function bareFrames(mp3: Buffer): Buffer {
  const start = id3Length(mp3)
  const end =
    mp3.toString('latin1', mp3.length - ID3V1_BYTES, mp3.length - ID3V1_BYTES + 3) === 'TAG'
      ? mp3.length - ID3V1_BYTES
      : mp3.length
  const frame = frameLength(mp3, start)
  const first = mp3.toString('latin1', start, start + frame)
  return mp3.subarray(/Xing|Info/.test(first.slice(0, 64)) ? start + frame : start, end)
}

/** Whether an MP3 frame begins here; what a converter made must begin with one. */
export function startsWithFrame(mp3: Buffer): boolean {
  return frameLength(mp3, id3Length(mp3)) > 0
}

/** ID3v2: its length stands in four bytes of seven bits. */
function id3Length(mp3: Buffer): number {
  if (mp3.length < ID3_HEADER_BYTES || mp3.toString('latin1', 0, 3) !== 'ID3') return 0
  return ID3_HEADER_BYTES + [6, 7, 8, 9].reduce((sum, at) => sum * 128 + (mp3.readUInt8(at) & 0x7f), 0)
}

/** Bytes of the Layer III frame at `at`; 0 when there is none (ISO/IEC 11172-3 2.4.1.3, 13818-3). */
function frameLength(mp3: Buffer, at: number): number {
  if (at + 4 > mp3.length) return 0
  const header = mp3.readUInt32BE(at)
  const version = (header >>> 19) & 3
  if (header >>> 21 !== 0x7ff || version === 1 || ((header >>> 17) & 3) !== 1) return 0
  const bits = (version === 3 ? kilobits1 : kilobits)[(header >>> 12) & 15]
  const rate = rates[(header >>> 10) & 3]
  if (!bits || !rate) return 0
  const [perFrame, divisor] = version === 3 ? [144_000, 1] : [72_000, version === 2 ? 2 : 4]
  return Math.floor((perFrame * bits) / (rate / divisor)) + ((header >>> 9) & 1)
}
