import { execFile } from 'node:child_process'
import { open, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** A disk of a few megabytes that can be filled to its last byte. */
export interface SmallDisk extends AsyncDisposable {
  readonly directory: string
  fill(): Promise<void>
  empty(): Promise<void>
}

/** Mounts one in an empty folder. Takes root, as the lab does. */
export async function smallDisk(directory: string, megabytes: number): Promise<SmallDisk> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', directory])
  const ballast = join(directory, 'ballast')
  return {
    directory,
    async fill() {
      await using file = await open(ballast, 'a')
      const { bfree, bsize } = await statfs(directory)
      // In pieces: the last one is as large as what somebody else left.
      for (let left = bfree * bsize; left > 0; left -= bsize) {
        const full = await file.write(Buffer.alloc(bsize)).catch(() => undefined)
        if (!full) return
      }
    },
    empty: () => rm(ballast, { force: true }),
    async [Symbol.asyncDispose]() {
      await run('umount', ['-l', directory])
    },
  }
}
