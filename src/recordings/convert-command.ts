import { extname } from 'node:path'

/** What makes MP3 on this machine, by its programs' paths. */
export type Tool =
  | { readonly kind: 'ffmpeg'; readonly ffmpeg: string }
  | { readonly kind: 'sox'; readonly sox: string }
  /** Most distributions' sox cannot write MP3 itself. */
  | { readonly kind: 'sox and lame'; readonly sox: string; readonly lame: string }
  | { readonly kind: 'lame'; readonly lame: string }

export interface Input {
  /** Absolute. */
  readonly path: string
  /** Asterisk never wrote its length: read to the end of the file. */
  readonly unclosed: boolean
}

/** Speech of a telephone: wideband calls fit, an hour is 14 MB, and frames of several parts can stand one behind the other. */
const RATE = '16000'
const KILOBITS = '32'

type Argv = readonly [string, ...string[]]

/** Programs to run as one pipe, or undefined when the tool cannot read such a file. All parts come out alike. */
export function convertCommand(tool: Tool, { path, unclosed }: Input, output: string): readonly Argv[] | undefined {
  const kind = kindOf(path)
  switch (tool.kind) {
    case 'ffmpeg': {
      const hints = ffmpegHints(kind)
      const read = [
        '-protocol_whitelist',
        'file',
        ...(unclosed ? ['-ignore_length', '1'] : []),
        ...hints,
        '-i',
        `file:${path}`,
      ]
      const write = [
        '-vn',
        '-map_metadata',
        '-1',
        '-ac',
        '1',
        '-ar',
        RATE,
        '-c:a',
        'libmp3lame',
        '-b:a',
        `${KILOBITS}k`,
      ]
      const plain = ['-write_xing', '0', '-id3v2_version', '0', '-f', 'mp3', '-y', `file:${output}`]
      return [[tool.ffmpeg, '-nostdin', '-v', 'error', '-threads', '1', ...read, ...write, ...plain]]
    }
    case 'sox': {
      const hints = kind === 'mp3' ? ['-t', 'mp3'] : soxHints(kind)
      if (!hints) return undefined
      const read = soxReading(path, unclosed, hints)
      return [[tool.sox, ...read, '-r', RATE, '-c', '1', '-C', KILOBITS, '-t', 'mp3', output]]
    }
    case 'sox and lame': {
      if (kind === 'mp3') return [lameAlone(tool.lame, path, output)]
      const hints = soxHints(kind)
      if (!hints) return undefined
      const write = ['-r', RATE, '-c', '1', '-b', '16', '-e', 'signed-integer', '-t', 'wav', '-']
      return [
        [tool.sox, ...soxReading(path, unclosed, hints), ...write],
        [tool.lame, ...plainLame, '--ignorelength', '-', output],
      ]
    }
    case 'lame': {
      if (!['wav', 'wav16', 'mp3'].includes(kind)) return undefined
      if (!unclosed) return [lameAlone(tool.lame, path, output)]
      // Only from a pipe does every build of lame read past a length of nothing (measured with 3.100 and libsndfile).
      return [['cat', path], lameAlone(tool.lame, '-', output, ['--ignorelength'])]
    }
    default:
      return tool satisfies never
  }
}

/** `-t`: no frame that tells a length; `-a`: two channels become one. */
const plainLame = ['--quiet', '-t', '-a', '-m', 'm', '--cbr', '-b', KILOBITS]

function lameAlone(lame: string, path: string, output: string, hints: readonly string[] = []): Argv {
  return [lame, ...plainLame, ...hints, '--resample', '16', path, output]
}

function soxReading(path: string, unclosed: boolean, hints: readonly string[]): readonly string[] {
  return ['-V1', ...(unclosed ? ['--ignore-length'] : []), ...hints, path]
}

/** Asterisk's extensions, in small letters; `.WAV` is GSM inside of WAV (`wav49`). */
function kindOf(path: string): string {
  const extension = extname(path).slice(1)
  return extension === 'WAV' ? 'wav49' : extension.toLowerCase()
}

/** Formats of Asterisk without a header: nobody can tell their rate but by the name. */
function ffmpegHints(kind: string): readonly string[] {
  const rate = linearRate(kind)
  if (rate !== undefined) return ['-f', 's16le', '-ar', rate]
  if (isMulaw(kind)) return ['-f', 'mulaw', '-ar', '8000']
  if (isAlaw(kind)) return ['-f', 'alaw', '-ar', '8000']
  return kind === 'g722' || kind === 'gsm' ? ['-f', kind] : []
}

function soxHints(kind: string): readonly string[] | undefined {
  const rate = linearRate(kind)
  if (rate !== undefined) return ['-t', 'raw', '-r', rate, '-e', 'signed-integer', '-b', '16', '-c', '1']
  if (isMulaw(kind)) return ['-t', 'ul', '-r', '8000', '-c', '1']
  if (isAlaw(kind)) return ['-t', 'al', '-r', '8000', '-c', '1']
  if (kind === 'wav49' || kind === 'wav16') return ['-t', 'wav']
  return ['wav', 'gsm', 'ogg', 'flac', 'aiff', 'au'].includes(kind) ? ['-t', kind] : undefined
}

function linearRate(kind: string): string | undefined {
  const [, kilohertz] = /^(?:sln|slin|raw)(12|16|24|32|44|48|96|192)?$/.exec(kind) ?? []
  if (kilohertz === undefined) return ['sln', 'slin', 'raw'].includes(kind) ? '8000' : undefined
  return kilohertz === '44' ? '44100' : `${kilohertz}000`
}

const isMulaw = (kind: string) => ['ulaw', 'ul', 'mu', 'pcm', 'ulw'].includes(kind)
const isAlaw = (kind: string) => ['alaw', 'al', 'alw'].includes(kind)
