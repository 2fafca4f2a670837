import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type FileOwner, ownerOf, readAsteriskFile, writeAsteriskFile } from './asterisk-file.ts'
import { foreignInclude, includes, withInclude, withoutInclude } from './include-line.ts'
import { SettingError } from './setting-error.ts'

/** One generated file beside Asterisk's own, and where it is included. */
export interface DropIn {
  readonly file: string
  /** Asterisk's file. */
  readonly main: string
  /** Where administrators and PBX distributions put their own part; ours joins there when `main` reads it. */
  readonly custom: string
  /** Holds a password: nobody but owner and group may read it. */
  readonly secret: boolean
}

export const dialplanDropIn: DropIn = {
  file: 'extensions_callweave.conf',
  main: 'extensions.conf',
  custom: 'extensions_custom.conf',
  secret: false,
}

export const ariDropIn: DropIn = {
  file: 'ari_callweave.conf',
  main: 'ari.conf',
  custom: 'ari_additional_custom.conf',
  secret: true,
}

/** Every generated file begins with it: by it we know our own. */
const MARK = '; Callweave: '

/**
 * Writes the generated file into Asterisk's directory and includes it once. Doing it again changes nothing.
 * @returns names of the files that were changed.
 * @throws SettingError when the directory is not Asterisk's, or a file of that name is not ours.
 */
export async function installDropIn(directory: string, dropIn: DropIn, text: string): Promise<readonly string[]> {
  const { main, owner } = await asteriskFile(directory, dropIn)
  await isThere(directory, dropIn)
  const joint = includes(main, dropIn.custom) ? dropIn.custom : dropIn.main
  const before = await readAsteriskFile(join(directory, joint))
  const bytes = Buffer.from(text, 'utf8').toString('latin1')
  const guarded = dropIn.secret ? { ...owner, mode: owner.mode & 0o640 } : owner
  // The file first: an include of one that is not there keeps Asterisk from loading anything.
  const changed = await replace(directory, dropIn.file, bytes, guarded)
  return [...changed, ...(await replace(directory, joint, withInclude(before, dropIn.file), owner))]
}

/**
 * Takes the generated file and its include out again: every other file is as it was, byte for byte.
 * @returns names of the files that were changed or removed.
 * @throws SettingError also when an include that we did not write still needs the file.
 */
export async function removeDropIn(directory: string, dropIn: DropIn): Promise<readonly string[]> {
  const { owner } = await asteriskFile(directory, dropIn)
  const there = await isThere(directory, dropIn)
  const joints = [dropIn.main, dropIn.custom]
  for (const name of joints) await refuseForeign(directory, name, dropIn)
  const changed: string[] = []
  for (const name of joints) {
    const text = await readAsteriskFile(join(directory, name))
    if (text !== undefined) changed.push(...(await replace(directory, name, withoutInclude(text, dropIn.file), owner)))
  }
  if (!there) return changed
  await rm(join(directory, dropIn.file))
  return [...changed, dropIn.file]
}

async function asteriskFile(directory: string, { main: name }: DropIn): Promise<{ main: string; owner: FileOwner }> {
  const path = join(directory, name)
  const main = await readAsteriskFile(path)
  const owner = await ownerOf(path)
  const missing = main === undefined || !owner ? name : 'modules.conf'
  if (main === undefined || !owner || !(await ownerOf(join(directory, 'modules.conf'))))
    throw new SettingError(
      `${directory} is not Asterisk's configuration directory (no ${missing} in it); name it with --asterisk-dir`,
    )
  return { main, owner }
}

/** Whether our generated file is there. */
async function isThere(directory: string, { file }: DropIn): Promise<boolean> {
  const text = await readAsteriskFile(join(directory, file))
  if (text !== undefined && !text.startsWith(MARK))
    throw new SettingError(`${join(directory, file)} was not made by callweave; move it away first`)
  return text !== undefined
}

async function refuseForeign(directory: string, name: string, { file }: DropIn): Promise<void> {
  const line = foreignInclude((await readAsteriskFile(join(directory, name))) ?? '', file)
  if (line !== undefined)
    throw new SettingError(
      `${join(directory, name)} holds "${line.trim()}", which callweave did not write; take that line out first`,
    )
}

async function replace(directory: string, name: string, text: string | undefined, like: FileOwner) {
  const path = join(directory, name)
  if (text === (await readAsteriskFile(path))) return []
  if (text === undefined) await rm(path)
  else await writeAsteriskFile(path, text, like)
  return [name]
}
