import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { parseSync } from 'oxc-parser'

/** One import of one file by another; paths are relative to the source folder. */
export interface Arrow {
  readonly from: string
  readonly to: string
  /** `import type` and its like: gone at run time. */
  readonly typeOnly: boolean
}

export interface SourceGraph {
  readonly files: readonly string[]
  readonly arrows: readonly Arrow[]
  /** Relative imports that point at no file that was read. */
  readonly dangling: readonly Arrow[]
}

/** Reads every `.ts` file below `root` (tests excepted) and the relative imports it makes, static and dynamic. Throws on a file that does not parse. */
export function readGraph(root: string): SourceGraph {
  const files = sourceFiles(root)
  const known = new Set(files)
  const all = files.flatMap((file) => arrowsOf(root, file))
  return {
    files,
    arrows: all.filter((arrow) => known.has(arrow.to)),
    dangling: all.filter((arrow) => !known.has(arrow.to)),
  }
}

function sourceFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted()
}

function arrowsOf(root: string, file: string): readonly Arrow[] {
  const text = readFileSync(join(root, file), 'utf8')
  const { module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message ?? 'unknown error'}`)
  const imports = module.staticImports.map((one) => ({
    specifier: one.moduleRequest.value,
    typeOnly: one.entries.length > 0 && one.entries.every((entry) => entry.isType),
  }))
  const reExports = module.staticExports.flatMap((one) =>
    one.entries.flatMap((entry) =>
      entry.moduleRequest ? [{ specifier: entry.moduleRequest.value, typeOnly: entry.isType }] : [],
    ),
  )
  const dynamic = module.dynamicImports.flatMap((one) => {
    const literal = /^['"](.+)['"]$/.exec(text.slice(one.moduleRequest.start, one.moduleRequest.end))
    return literal?.[1] ? [{ specifier: literal[1], typeOnly: false }] : []
  })
  return (
    [...imports, ...reExports, ...dynamic]
      // Data (package.json) is nobody's room.
      .filter(({ specifier }) => specifier.startsWith('.') && !specifier.endsWith('.json'))
      .map(({ specifier, typeOnly }) => ({ from: file, to: normalize(join(dirname(file), specifier)), typeOnly }))
  )
}
