import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readAsteriskFile } from './asterisk-file.ts'

/**
 * Names of the sections in `ari*.conf`, those of our own file left out: users that somebody else has made. A second section
 * of the same name would take the other's password away.
 */
export async function foreignAriSections(directory: string): Promise<ReadonlySet<string>> {
  const names = await readdir(directory).catch(() => [])
  const files = names.filter((name) => /^ari.*\.conf$/.test(name) && name !== 'ari_callweave.conf')
  const texts = await Promise.all(files.map((name) => readAsteriskFile(join(directory, name))))
  return new Set(texts.flatMap((text) => sectionsOf(text ?? '')))
}

/** The first of `callweave`, `callweave-2`, … that nobody has. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`
    if (!taken.has(name)) return name
  }
}

function sectionsOf(text: string): readonly string[] {
  return [...text.matchAll(/^[ \t]*\[([^\]\r\n]+)\]/gm)].map(([, name = '']) => name)
}
