import { rm, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { convertCommand, type Input, type Tool } from './convert-command.ts'
import { ConversionFailed, NoConverter } from './errors.ts'
import { CONVERTER_CURE, findProgram, findTool, type ToolChoice } from './find-tool.ts'
import { joinMp3 } from './join-mp3.ts'
import { runPipe } from './run-pipe.ts'

export interface ConverterSettings {
  readonly converter: ToolChoice
  readonly convertSeconds: number
}

export interface Converter {
  /** Makes one MP3 of all parts, in order. @throws NoConverter, ConversionFailed */
  convert(parts: readonly Input[], output: string, signal: AbortSignal): Promise<void>
  /** What makes MP3 here, or undefined; told at the start and on the status page. */
  tool(): Promise<string | undefined>
}

/** While nothing is installed it is looked for again, at most so often. */
const LOOK_AGAIN_MS = 30_000

/** @param now milliseconds. @param find for tests. */
export function createConverter(
  { converter, convertSeconds }: ConverterSettings,
  now: () => number,
  find: (choice: ToolChoice) => Promise<Tool | undefined> = findTool,
): Converter {
  let known: { readonly tool: Promise<Tool | undefined>; readonly since: number } | undefined
  let lowly: Promise<readonly string[]> | undefined

  async function tool(): Promise<Tool | undefined> {
    const found = await known?.tool
    if (found) return found
    if (!known || now() - known.since >= LOOK_AGAIN_MS) known = { tool: find(converter), since: now() }
    return known.tool
  }

  async function convert(parts: readonly Input[], output: string, signal: AbortSignal): Promise<void> {
    const chosen = await tool()
    if (!chosen) throw new NoConverter(`nothing here makes MP3: ${CONVERTER_CURE}`)
    lowly ??= lowPriority()
    const before = await lowly
    const limit = AbortSignal.any([signal, AbortSignal.timeout(convertSeconds * 1000)])
    const made: string[] = []
    try {
      for (const [at, part] of parts.entries()) {
        const target = parts.length === 1 ? output : `${output}.${at}`
        const commands = convertCommand(chosen, part, target)
        if (!commands) throw new NoConverter(cannotRead(chosen, part.path))
        if (target !== output) made.push(target)
        await runPipe(
          commands.map((command) => [...before, ...command]),
          limit,
        )
      }
      if (made.length > 0) await joinMp3(made, output)
      if ((await stat(output)).size === 0) throw new ConversionFailed(`${chosen.kind} made an empty file`)
    } finally {
      for (const file of made) await rm(file, { force: true })
    }
  }
  return { convert, tool: async () => (await tool())?.kind }
}

function cannotRead({ kind }: Tool, path: string): string {
  const cure = kind === 'lame' ? CONVERTER_CURE : 'install ffmpeg'
  return `${kind} cannot read ${extname(path) || 'such files'}: ${cure}`
}

/** Calls come first: the lowest priority for processor and disk. Both programs replace themselves by what they run. */
async function lowPriority(): Promise<readonly string[]> {
  const [nice, ionice] = await Promise.all([findProgram('nice'), findProgram('ionice')])
  return [...(nice ? [nice, '-n', '19'] : []), ...(ionice ? [ionice, '-c', '3'] : [])]
}
