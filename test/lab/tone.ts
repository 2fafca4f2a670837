const RATE = 8000

/** A mono 16-bit WAV at 8 kHz (baresip's sine source refuses this rate). @param hertz 0 is silence */
export function toneWav(seconds: number, hertz: number): Buffer {
  const samples = RATE * seconds
  const wav = Buffer.alloc(44 + 2 * samples)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + 2 * samples, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(RATE, 24)
  wav.writeUInt32LE(2 * RATE, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(2 * samples, 40)
  if (hertz === 0) return wav
  // One period that divides the rate is enough to compute.
  const period = Math.round(RATE / hertz)
  for (let at = 0; at < samples; at++) {
    wav.writeInt16LE(Math.round(6000 * Math.sin((2 * Math.PI * (at % period)) / period)), 44 + 2 * at)
  }
  return wav
}

/** The samples of such a WAV as raw G.711 A-law, which SIPp streams as it is (ITU-T G.711). */
export function alaw(wav: Buffer): Buffer {
  const samples = (wav.length - 44) / 2
  const encoded = Buffer.alloc(samples)
  for (let at = 0; at < samples; at++) encoded[at] = alawOf(wav.readInt16LE(44 + 2 * at))
  return encoded
}

function alawOf(sample: number): number {
  const sign = sample >= 0 ? 0x80 : 0
  const magnitude = Math.min(sample >= 0 ? sample : -sample - 1, 32_767)
  let exponent = 7
  for (let mask = 0x4000; exponent > 0 && (magnitude & mask) === 0; mask >>= 1) exponent--
  const mantissa = (magnitude >> (exponent === 0 ? 4 : exponent + 3)) & 0x0f
  return (sign | (exponent << 4) | mantissa) ^ 0x55
}
