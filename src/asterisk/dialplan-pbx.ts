import { join } from 'node:path'
import { readAsteriskFile } from './asterisk-file.ts'
import type { MacroStyle } from './dialplan-freepbx.ts'
import { includes } from './include-line.ts'

/** What stands on top of Asterisk. Each kind has its own way for calls to arrive and for an extension to be rung. */
export type PbxFlavour = 'plain' | 'freepbx' | 'issabel'

export interface FoundPbx {
  readonly flavour: PbxFlavour
  /** undefined: its generated dialplan does not tell. */
  readonly macros: MacroStyle | undefined
  /** Another part of `from-pstn-custom`, as `file:line`: it may answer before ours does. */
  readonly foreignPstn: readonly string[]
  /** Places of the generated dialplan that lead to our contexts. */
  readonly destinations: readonly string[]
}

/** Files of FreePBX and Issabel: theirs are generated, the third is the administrator's. */
const GENERATED = 'extensions_additional.conf'
const CUSTOM = ['extensions_custom.conf', 'extensions_override_freepbx.conf', 'extensions_override_issabelpbx.conf']

/** Looks at the files of a PBX (reference ari.md 6.1): which one it is, and how it calls its own routines. */
export async function findPbx(directory: string): Promise<FoundPbx> {
  const read = async (name: string) => (await readAsteriskFile(join(directory, name))) ?? ''
  const generated = await read(GENERATED)
  const custom = await Promise.all(CUSTOM.map(async (name) => [name, await read(name)] as const))
  return {
    flavour: flavourOf(await read('extensions.conf')),
    macros: macroStyleOf(generated),
    foreignPstn: custom.flatMap(([name, text]) => linesOf(name, text, /^\s*\[from-pstn-custom\]/)),
    destinations: linesOf(GENERATED, generated, /^[^;]*\bcallweave-(?:route|to),/),
  }
}

/** Each has an override file of its own name in `extensions.conf`. */
export function flavourOf(main: string): PbxFlavour {
  if (includes(main, 'extensions_override_issabelpbx.conf')) return 'issabel'
  return includes(main, 'extensions_override_freepbx.conf') ? 'freepbx' : 'plain'
}

/** A generated dialplan has hundreds of either kind and none of the other. */
export function macroStyleOf(generated: string): MacroStyle | undefined {
  if (/^[^;\n]*\bGosub\(macro-/m.test(generated)) return 'gosub'
  return /^[^;\n]*[,?]Macro\(/m.test(generated) ? 'macro' : undefined
}

function linesOf(name: string, text: string, pattern: RegExp): readonly string[] {
  return text.split('\n').flatMap((line, at) => (pattern.test(line) ? [`${name}:${at + 1}`] : []))
}
