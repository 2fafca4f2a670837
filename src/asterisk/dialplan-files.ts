import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileOwner, ownerOf, readAsteriskFile, writeAsteriskFile } from './asterisk-file.ts'
import { DIALPLAN_MARK, DialplanError } from './dialplan.ts'
import { foreignInclude, includes, withInclude, withoutInclude } from './include-line.ts'

/** The generated file, beside Asterisk's own. */
export const SNIPPET_FILE = 'extensions_callweave.conf'
/** Where administrators and PBX distributions put their own dialplan; ours joins there when Asterisk reads it. */
const CUSTOM_FILE = 'extensions_custom.conf'
const MAIN_FILE = 'extensions.conf'

/**
 * Writes the snippet into Asterisk's directory and includes it once. Doing it again changes nothing.
 * @returns names of the files that were changed.
 * @throws DialplanError when the directory is not Asterisk's, or a file of that name is not ours.
 */
export async function installDialplan(directory: string, snippet: string): Promise<readonly string[]> {
  const { main, owner } = await asteriskDirectory(directory)
  await ourSnippet(directory)
  const joint = includes(main, CUSTOM_FILE) ? CUSTOM_FILE : MAIN_FILE
  const before = await readAsteriskFile(join(directory, joint))
  const bytes = Buffer.from(snippet, 'utf8').toString('latin1')
  // The snippet first: an include of a file that is not there keeps Asterisk from loading any dialplan.
  const changed = await replace(directory, SNIPPET_FILE, bytes, owner)
  return [...changed, ...(await replace(directory, joint, withInclude(before, SNIPPET_FILE), owner))]
}

/**
 * Takes the snippet and its include out again: every other file is as it was, byte for byte.
 * @returns names of the files that were changed or removed.
 * @throws DialplanError also when an include that we did not write still needs the snippet.
 */
export async function removeDialplan(directory: string): Promise<readonly string[]> {
  const { owner } = await asteriskDirectory(directory)
  const there = await ourSnippet(directory)
  const changed: string[] = []
  for (const name of [MAIN_FILE, CUSTOM_FILE]) await refuseForeign(directory, name)
  for (const name of [MAIN_FILE, CUSTOM_FILE]) {
    const text = await readAsteriskFile(join(directory, name))
    if (text !== undefined) changed.push(...(await replace(directory, name, withoutInclude(text, SNIPPET_FILE), owner)))
  }
  if (!there) return changed
  await rm(join(directory, SNIPPET_FILE))
  return [...changed, SNIPPET_FILE]
}

async function asteriskDirectory(directory: string): Promise<{ readonly main: string; readonly owner: FileOwner }> {
  const path = join(directory, MAIN_FILE)
  const main = await readAsteriskFile(path)
  const owner = await ownerOf(path)
  const modules = await ownerOf(join(directory, 'modules.conf'))
  if (main === undefined || !owner || !modules)
    throw new DialplanError(
      `${directory} is not Asterisk's configuration directory (no ${main === undefined ? MAIN_FILE : 'modules.conf'} in it); name it with --asterisk-dir`,
    )
  return { main, owner }
}

/** Whether our snippet is there. */
async function ourSnippet(directory: string): Promise<boolean> {
  const text = await readAsteriskFile(join(directory, SNIPPET_FILE))
  if (text === undefined) return false
  if (!text.startsWith(DIALPLAN_MARK))
    throw new DialplanError(`${join(directory, SNIPPET_FILE)} was not made by callweave; move it away first`)
  return true
}

async function refuseForeign(directory: string, name: string): Promise<void> {
  const line = foreignInclude((await readAsteriskFile(join(directory, name))) ?? '', SNIPPET_FILE)
  if (line !== undefined)
    throw new DialplanError(
      `${join(directory, name)} holds "${line.trim()}", which callweave did not write; take that line out first`,
    )
}

async function replace(
  directory: string,
  name: string,
  text: string | undefined,
  like: FileOwner,
): Promise<readonly string[]> {
  const path = join(directory, name)
  if (text === (await readAsteriskFile(path))) return []
  if (text === undefined) await rm(path)
  else await writeAsteriskFile(path, text, like)
  return [name]
}
