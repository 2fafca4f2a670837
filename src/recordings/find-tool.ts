import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { convertCommand, type Tool } from './convert-command.ts'
import { startsWithFrame } from './join-mp3.ts'
import { runPipe } from './run-pipe.ts'

export type ToolChoice = 'auto' | 'ffmpeg' | 'sox' | 'lame'

/** A unit's PATH is short; administrators put ffmpeg where they like. */
const USUAL_PLACES = ['/usr/local/bin', '/usr/bin', '/bin']
const PATIENCE_MS = 10_000

/** What an administrator installs to hear recordings. */
export const CONVERTER_CURE = 'install sox and lame ("apt-get install sox lame"), or ffmpeg; no restart is needed'

/**
 * The first tool that really makes an MP3 here: builds of ffmpeg and sox without the encoder are common, so each is tried on a moment of silence.
 * @param directories where programs are looked for.
 */
export async function findTool(
  choice: ToolChoice,
  directories: readonly string[] = places(),
): Promise<Tool | undefined> {
  const [ffmpeg, sox, lame] = await Promise.all(['ffmpeg', 'sox', 'lame'].map((name) => programIn(directories, name)))
  const tools: readonly (Tool | false | undefined)[] = [
    ffmpeg !== undefined && { kind: 'ffmpeg', ffmpeg },
    sox !== undefined && { kind: 'sox', sox },
    sox !== undefined && lame !== undefined && { kind: 'sox and lame', sox, lame },
    lame !== undefined && { kind: 'lame', lame },
  ]
  for (const tool of tools) {
    if (tool && (choice === 'auto' || tool.kind.startsWith(choice)) && (await works(tool))) return tool
  }
  return undefined
}

function places(): readonly string[] {
  return [...new Set([...(env['PATH'] ?? '').split(delimiter).filter(Boolean), ...USUAL_PLACES])]
}

/** The full path of a program, or undefined. */
export async function programIn(directories: readonly string[], name: string): Promise<string | undefined> {
  for (const directory of directories) {
    const path = join(directory, name)
    try {
      await access(path, constants.X_OK)
      return path
    } catch {}
  }
  return undefined
}

export function findProgram(name: string): Promise<string | undefined> {
  return programIn(places(), name)
}

async function works(tool: Tool): Promise<boolean> {
  const directory = await mkdtemp(join(tmpdir(), 'callweave-converter-'))
  try {
    const [path, output] = [join(directory, 'silence.wav'), join(directory, 'silence.mp3')]
    await writeFile(path, silence())
    await runPipe(convertCommand(tool, { path, unclosed: false }, output) ?? [], AbortSignal.timeout(PATIENCE_MS))
    return startsWithFrame(await readFile(output))
  } catch {
    return false
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** A fifth of a second at 8 kHz, 16 bits, one channel. */
function silence(): Buffer {
  const bytes = 3_200
  const wav = Buffer.alloc(44 + bytes)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + bytes, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(8_000, 24)
  wav.writeUInt32LE(16_000, 28)
  wav.writeUInt16LE(2, 32)
  wav.writeUInt16LE(16, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(bytes, 40)
  return wav
}
