import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { convertCommand, type Tool } from './convert-command.ts'
import { createConverter } from './converter.ts'
import { ConversionFailed, NoConverter } from './errors.ts'
import { bareFrames, startsWithFrame } from './join-mp3.ts'
import { runPipe } from './run-pipe.ts'

const ffmpeg: Tool = { kind: 'ffmpeg', ffmpeg: 'ffmpeg' }
const both: Tool = { kind: 'sox and lame', sox: 'sox', lame: 'lame' }
const lame: Tool = { kind: 'lame', lame: 'lame' }
const never = new AbortController().signal
const says = (tool: Tool, path: string, unclosed = false) =>
  convertCommand(tool, { path, unclosed }, '/c/out')
    ?.map((command) => command.join(' '))
    .join(' | ')

test('given Asterisk’s formats without a header, then rate and coding come from the name', () => {
  expect(says(both, '/m/a.sln16')).toContain('-t raw -r 16000 -e signed-integer -b 16 -c 1 /m/a.sln16')
  expect(says(both, '/m/a.ulaw')).toContain('-t ul -r 8000 -c 1 /m/a.ulaw')
  expect(says(ffmpeg, '/m/a.alaw')).toContain('-f alaw -ar 8000 -i file:/m/a.alaw')
  expect(says(ffmpeg, '/m/a.g722')).toContain('-f g722 -i')
  expect(says(both, '/m/a.WAV')).toContain('-t wav /m/a.WAV')
})

test('given what a tool cannot read, then there is no command for it', () => {
  expect(says(both, '/m/a.g722')).toBeUndefined()
  expect(says(lame, '/m/a.gsm')).toBeUndefined()
  expect(says(lame, '/m/a.WAV')).toBeUndefined()
})

test('given a WAV that Asterisk never closed, then every tool reads to its end', () => {
  expect(says(ffmpeg, '/m/a.wav', true)).toContain('-ignore_length 1')
  expect(says(both, '/m/a.wav', true)).toContain('--ignore-length')
  expect(says(lame, '/m/a.wav', true)).toMatch(/^cat \/m\/a\.wav \| lame .*--ignorelength/)
})

/** MPEG 2 Layer III, 32 kbit/s, 16 kHz: 144 bytes. */
function frame(text = ''): Buffer {
  const bytes = Buffer.alloc(144)
  bytes.writeUInt32BE(0xfff348c4)
  bytes.write(text, 13, 'latin1')
  return bytes
}

test('given MP3 with tags and a frame that tells its own length, when bared, then only sound is left', () => {
  const id3 = Buffer.concat([Buffer.from('ID3\u0003\0\0\0\0\0\u0005', 'latin1'), Buffer.alloc(5)])
  const id3v1 = Buffer.concat([Buffer.from('TAG'), Buffer.alloc(125)])
  const mp3 = Buffer.concat([id3, frame('Info'), frame(), frame(), id3v1])
  expect(startsWithFrame(mp3)).toBe(true)
  expect(bareFrames(mp3).equals(Buffer.concat([frame(), frame()]))).toBe(true)
  expect(bareFrames(frame()).equals(frame())).toBe(true)
  expect(startsWithFrame(Buffer.from('RIFF....WAVEfmt '))).toBe(false)
})

test('given nothing that makes MP3, when asked to convert, then the cure is told, and a later installation is seen', async () => {
  let now = 0
  let installed: Tool | undefined
  const converter = createConverter(
    { converter: 'auto', convertSeconds: 5 },
    () => now,
    async () => installed,
  )
  await expect(converter.convert([{ path: '/m/a.wav', unclosed: false }], '/c/out', never)).rejects.toThrow(
    /apt-get install sox lame/,
  )
  installed = lame
  expect(await converter.tool()).toBeUndefined()
  now += 60_000
  expect(await converter.tool()).toBe('lame')
  await expect(converter.convert([{ path: '/m/a.gsm', unclosed: false }], '/c/out', never)).rejects.toBeInstanceOf(
    NoConverter,
  )
})

test('given programs in a pipe, then each feeds the next, and the words of the one that fails are told', async () => {
  await runPipe(
    [
      ['echo', 'sound'],
      ['grep', '-q', 'sound'],
    ],
    never,
  )
  await expect(runPipe([['true'], ['sh', '-c', 'echo broken >&2; exit 3']], never)).rejects.toThrow(
    /sh failed \(3\): broken/,
  )
  await expect(runPipe([['/nowhere/lame']], never)).rejects.toBeInstanceOf(ConversionFailed)
})

test('given a program that never ends, when its time is over, then it is killed', async () => {
  const began = performance.now()
  await expect(
    runPipe(
      [
        ['sleep', '30'],
        ['sleep', '30'],
      ],
      AbortSignal.timeout(50),
    ),
  ).rejects.toThrow(/took too long/)
  await sleep(0)
  expect(performance.now() - began).toBeLessThan(5_000)
})
