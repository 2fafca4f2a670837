import { createHash } from 'node:crypto'
import { lstat, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'

/** Every file below a directory: mode, owner and content (links: where they point). The path is the key. */
export type FileTree = Readonly<Record<string, string>>

/** @param without paths that are left out with everything below them. */
export async function fileTree(directory: string, without: readonly string[] = []): Promise<FileTree> {
  const names = await readdir(directory, { recursive: true })
  const kept = names.sort().filter((name) => !without.some((one) => name === one || name.startsWith(`${one}/`)))
  const entries: [string, string][] = []
  for (const name of kept) {
    const path = join(directory, name)
    const stat = await lstat(path)
    const rights = `${(stat.mode & 0o7777).toString(8)} ${stat.uid}:${stat.gid}`
    if (stat.isSymbolicLink()) entries.push([name, `→ ${await readlink(path)}`])
    else if (stat.isDirectory()) entries.push([name, `${rights} directory`])
    else if (stat.isFile()) entries.push([name, `${rights} ${digest(await readFile(path))}`])
  }
  return Object.fromEntries(entries)
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}
