import { randomBytes } from 'node:crypto'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

export interface FileOwner {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/** The file's bytes as latin1, which loses none of them; undefined when there is no such file. */
export async function readAsteriskFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'latin1')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/**
 * Writes the whole file or nothing: Asterisk may be reading it at any moment. An existing file keeps its mode and owner, a
 * link keeps pointing to it; a new one gets those of `like`.
 * @param text latin1, as `readAsteriskFile` gives it.
 */
export async function writeAsteriskFile(path: string, text: string, like: FileOwner): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const owner = (await ownerOf(target)) ?? like
  const draft = join(dirname(target), `.callweave-${randomBytes(6).toString('hex')}`)
  try {
    await using file = await open(draft, 'wx', 0o600)
    await file.writeFile(text, 'latin1')
    const made = await file.stat()
    if (made.uid !== owner.uid || made.gid !== owner.gid) await file.chown(owner.uid, owner.gid)
    await file.chmod(owner.mode)
    await file.sync()
    await rename(draft, target)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** undefined when there is no such file. */
export async function ownerOf(path: string): Promise<FileOwner | undefined> {
  try {
    const { mode, uid, gid } = await stat(path)
    return { mode: mode & 0o7777, uid, gid }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
