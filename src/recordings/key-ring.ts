import { randomBytes } from 'node:crypto'
import { chownSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import type { SigningKey } from './signature.ts'

/** The keys cannot be used; the message says what to do. */
export class KeyRingError extends Error {
  override name = 'KeyRingError'
}

export interface KeyInfo {
  readonly id: string
  readonly createdAt: string
  readonly retiredAt?: string | undefined
  /** Signs new links. */
  readonly current: boolean
}

export interface KeyRing {
  /** Signs new links; undefined when all are retired. */
  current(): SigningKey | undefined
  /** A key that links may be signed with; undefined when it is unknown or retired. */
  find(id: string): SigningKey | undefined
  list(): readonly KeyInfo[]
  /** A new key, which signs from now on; links of older ones stay valid. */
  add(): KeyInfo
  /** Links signed with it play no more. @throws KeyRingError when there is no such key. */
  retire(id: string): void
}

const Stored = z.object({
  keys: z.array(
    z.object({
      id: z.string().regex(/^[a-z0-9]{1,16}$/),
      secret: z.string().min(40),
      createdAt: z.string(),
      retiredAt: z.string().optional(),
    }),
  ),
})
type Stored = z.infer<typeof Stored>

const SECRET_BYTES = 32

/**
 * The signing keys in one file of mode 0600, made with a first key when it is not there. A change by another process, `callweave recordings keys`
 * beside a running service, is seen at the next question.
 * @param now epoch milliseconds.
 * @throws KeyRingError
 */
export function openKeyRing(directory: string, now: () => number): KeyRing {
  const file = join(directory, 'recording-keys.json')
  let read: { readonly stamp: string; readonly stored: Stored } | undefined

  function stored(): Stored {
    const stamp = stampOf(file)
    if (read && read.stamp === stamp) return read.stored
    read = { stamp, stored: stamp === '' ? { keys: [] } : parse(file) }
    return read.stored
  }
  function save(next: Stored): void {
    write(file, next)
    read = undefined
  }
  const valid = () => stored().keys.filter(({ retiredAt }) => retiredAt === undefined)
  const info = (): readonly KeyInfo[] => {
    const signer = valid().at(-1)?.id
    return stored().keys.map(({ id, createdAt, retiredAt }) => ({ id, createdAt, retiredAt, current: id === signer }))
  }
  function add(): KeyInfo {
    const { keys } = stored()
    const key = {
      id: freshId(keys.map(({ id }) => id)),
      secret: randomBytes(SECRET_BYTES).toString('base64'),
      createdAt: new Date(now()).toISOString(),
    }
    save({ keys: [...keys, key] })
    return { id: key.id, createdAt: key.createdAt, current: true }
  }
  function retire(id: string): void {
    const { keys } = stored()
    if (!keys.some((key) => key.id === id))
      throw new KeyRingError(`there is no key "${id}"; see callweave recordings keys`)
    const retiredAt = new Date(now()).toISOString()
    save({ keys: keys.map((key) => (key.id === id && key.retiredAt === undefined ? { ...key, retiredAt } : key)) })
  }

  if (stored().keys.length === 0) add()
  return {
    current: () => signing(valid().at(-1)),
    find: (id) => signing(valid().find((key) => key.id === id)),
    list: info,
    add,
    retire,
  }
}

function signing(key: Stored['keys'][number] | undefined): SigningKey | undefined {
  return key && { id: key.id, secret: Buffer.from(key.secret, 'base64') }
}

/** Ids stand in links for ever: never one twice, not even after a key was retired. */
function freshId(taken: readonly string[]): string {
  for (;;) {
    const id = `k${randomBytes(3).toString('hex')}`
    if (!taken.includes(id)) return id
  }
}

/** Changes whenever the file is replaced; empty when there is none. */
function stampOf(file: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(file)
    return `${ino} ${mtimeMs} ${size}`
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return ''
    throw new KeyRingError(`${file} cannot be read: run this as the service's user or as root`, { cause })
  }
}

function parse(file: string): Stored {
  try {
    return Stored.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (cause) {
    // What the file says must not get into a message: it is full of secrets.
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'it is damaged'
    throw new KeyRingError(
      `${file} cannot be used (${why}): restore it from a backup; without it links in old notes are dead`,
    )
  }
}

/** In one step, and whoever owns the directory keeps owning the file: the command may be run by root. */
function write(file: string, stored: Stored): void {
  const directory = dirname(file)
  const draft = `${file}.${randomBytes(4).toString('hex')}`
  try {
    mkdirSync(directory, { recursive: true })
    writeFileSync(draft, `${JSON.stringify(stored, null, 2)}\n`, { mode: 0o600, flush: true })
    const { uid, gid } = statSync(directory)
    if (process.getuid?.() === 0) chownSync(draft, uid, gid)
    renameSync(draft, file)
  } catch (cause) {
    rmSync(draft, { force: true })
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
    throw new KeyRingError(
      `${file} cannot be written (${why}): run this as the service's user or as root, check the disk`,
      { cause },
    )
  }
}
