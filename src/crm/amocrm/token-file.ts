import { chmod, mkdir, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'

const TokenPair = z.object({
  /** The integration and the account the pair belongs to, as configured: of another one it is worth nothing. */
  clientId: z.string(),
  account: z.string(),
  /** Where the account is now; differs from `account` after a renaming. */
  origin: z.string(),
  access: z.string(),
  refresh: z.string(),
  /** Epoch milliseconds. */
  expiresAt: z.number(),
  /** Digest of the authorisation code it began with: a code is exchanged once. */
  code: z.string(),
})
export type TokenPair = z.infer<typeof TokenPair>

export interface TokenFile {
  /** Undefined when there is none, or none that can be read. */
  load(): Promise<TokenPair | undefined>
  /** On disk when it resolves: whole, or as it was before. */
  save(pair: TokenPair): Promise<void>
}

/**
 * The rotating pair on disk, for its owner's eyes only. It stands in a file of its own and not in the state database, so that a copy of the database
 * (a backup, a report) holds no key to the account. One writer: the lock on the state keeps a second process away.
 */
export function createTokenFile(file: string): TokenFile {
  return {
    async load() {
      try {
        return TokenPair.safeParse(JSON.parse(await readFile(file, 'utf8'))).data
      } catch {
        return undefined
      }
    },
    async save(pair) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 })
      const fresh = `${file}.new`
      const handle = await open(fresh, 'w', 0o600)
      try {
        await handle.writeFile(JSON.stringify(pair))
        await handle.sync()
      } finally {
        await handle.close()
      }
      await chmod(fresh, 0o600)
      await rename(fresh, file)
      // The new name must survive losing power too.
      const folder = await open(dirname(file), 'r')
      try {
        await folder.sync()
      } finally {
        await folder.close()
      }
    },
  }
}
