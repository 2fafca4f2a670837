import { lstat, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What a script does is done with the service's rights: whoever may write one owns the service. */
const OTHERS_WRITE = 0o022
const STICKY = 0o1000

/** Why a file or directory is not to be run from, with the cure; undefined when it may. Links are not followed: who owns a link says nothing of its target. */
export async function whyNotTrusted(path: string, owners: ReadonlySet<number>): Promise<string | undefined> {
  const { mode, uid, ...entry } = await lstat(path).then((stats) => ({
    mode: stats.mode,
    uid: stats.uid,
    isLink: stats.isSymbolicLink(),
  }))
  if (entry.isLink) return `${path} is a symbolic link; put the file itself there`
  if (!owners.has(uid)) return `${path} belongs to user ${uid}, not to root or the service; chown root ${path}`
  if (mode & OTHERS_WRITE) return `others may write to ${path}; chmod go-w ${path}`
  return undefined
}

/** The same of everything above a directory: who may rename a directory may put another one in its place. */
export async function whyNotReached(directory: string, owners: ReadonlySet<number>): Promise<string | undefined> {
  const real = await realpath(directory)
  for (let above = dirname(real); ; above = dirname(above)) {
    const { mode, uid } = await stat(above)
    if (!owners.has(uid)) return `${above} belongs to user ${uid}, not to root or the service; chown root ${above}`
    // In a sticky directory only an entry's owner may rename it.
    if (mode & OTHERS_WRITE && !(mode & STICKY)) return `others may write to ${above}; chmod go-w ${above}`
    if (above === dirname(above)) return undefined
  }
}
