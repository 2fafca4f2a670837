import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { readDigestHeader } from './digest-header.ts'

/** The name of what is guarded; part of every stored hash, so it never changes. */
export const DIGEST_REALM = 'callweave'

/** Hashes of `login:realm:password`, hexadecimal: what Digest needs instead of the password (RFC 7616 section 3.4.2). They open this realm only. */
export interface DigestSecret {
  readonly md5: string
  readonly sha256: string
}

export interface DigestOptions {
  /** By login; asked anew each time. */
  readonly secrets: Pick<ReadonlyMap<string, DigestSecret>, 'get'>
  /** Random bytes, new for each process: nonces of an earlier one are stale. */
  readonly key: Buffer
  /** Epoch milliseconds. */
  readonly now: () => number
}

export interface DigestRequest {
  readonly method: string
  /** As the request line has it, query included. */
  readonly target: string
  readonly authorization: string | undefined
}

export type DigestVerdict =
  | { readonly kind: 'login'; readonly login: string }
  /** `challenges` go into one `WWW-Authenticate` header each. `tried`: somebody presented a name and a wrong proof. */
  | { readonly kind: 'challenge'; readonly challenges: readonly string[]; readonly tried: boolean }

/** Long enough for a script that pages through a month, short enough that a copied header is soon worthless. */
const NONCE_LIFE_MS = 300_000
/** A nonce may be used in parallel: counts may come out of order by so much. */
const COUNT_WINDOW = 64

const ALGORITHMS = { 'SHA-256': 'sha256', MD5: 'md5' } as const
type Algorithm = keyof typeof ALGORITHMS

/** HTTP Digest access authentication, quality of protection `auth`, SHA-256 before MD5 (RFC 7616). */
export function createDigest({ secrets, key, now }: DigestOptions): (request: DigestRequest) => DigestVerdict {
  const used = new Map<string, Set<number>>()
  let issued = 0n

  return ({ method, target, authorization }) => {
    const said = readDigestHeader(authorization)
    if (!said) return challenge(false, false)
    const algorithm = algorithmOf(said.get('algorithm') ?? 'MD5')
    const login = said.get('username') ?? ''
    const nonce = said.get('nonce') ?? ''
    if (!algorithm || said.get('realm') !== DIGEST_REALM || said.get('qop') !== 'auth' || said.get('uri') !== target)
      return challenge(false, true)
    if (!isProof(said, algorithm, method, secrets.get(login))) return challenge(false, true)
    if (!isFresh(nonce)) return challenge(true, false)
    return isNew(nonce, Number.parseInt(said.get('nc') ?? '', 16)) ? { kind: 'login', login } : challenge(true, false)
  }

  function challenge(stale: boolean, tried: boolean): DigestVerdict {
    const stamp = Buffer.alloc(16)
    stamp.writeBigUInt64BE(BigInt(Math.trunc(now())))
    stamp.writeBigUInt64BE(issued++, 8)
    const nonce = Buffer.concat([stamp, sealOf(stamp)]).toString('base64url')
    const challenges = Object.keys(ALGORITHMS).map(
      (algorithm) =>
        `Digest realm="${DIGEST_REALM}", qop="auth", algorithm=${algorithm}, nonce="${nonce}"${stale ? ', stale=true' : ''}`,
    )
    return { kind: 'challenge', challenges, tried }
  }

  function sealOf(stamp: Buffer): Buffer {
    return createHmac('sha256', key).update(stamp).digest().subarray(0, 16)
  }

  function isFresh(nonce: string): boolean {
    const bytes = Buffer.from(nonce, 'base64url')
    if (bytes.length !== 32 || !timingSafeEqual(sealOf(bytes.subarray(0, 16)), bytes.subarray(16))) return false
    return ageOf(nonce) <= NONCE_LIFE_MS
  }

  function ageOf(nonce: string): number {
    return now() - Number(Buffer.from(nonce, 'base64url').readBigUInt64BE(0))
  }

  /** A header that was heard on the way opens nothing a second time. */
  function isNew(nonce: string, count: number): boolean {
    for (const old of used.keys()) {
      if (ageOf(old) <= NONCE_LIFE_MS) break
      used.delete(old)
    }
    const counts = used.get(nonce) ?? new Set()
    used.set(nonce, counts)
    const highest = Math.max(0, ...counts)
    if (!Number.isInteger(count) || count < 1 || counts.has(count) || count <= highest - COUNT_WINDOW) return false
    counts.add(count)
    for (const old of counts) if (old <= Math.max(highest, count) - COUNT_WINDOW) counts.delete(old)
    return true
  }
}

/** What `callweave setup` keeps of an administrator's password for Digest. */
export function digestSecret(login: string, password: string): DigestSecret {
  const text = `${login}:${DIGEST_REALM}:${password}`
  return { md5: hash('MD5', text), sha256: hash('SHA-256', text) }
}

function algorithmOf(name: string): Algorithm | undefined {
  const upper = name.toUpperCase()
  return upper === 'MD5' || upper === 'SHA-256' ? upper : undefined
}

function isProof(
  said: ReadonlyMap<string, string>,
  algorithm: Algorithm,
  method: string,
  secret: DigestSecret | undefined,
): boolean {
  const part = (name: string) => said.get(name) ?? ''
  // An unknown login costs as much as a known one.
  const who = secret?.[ALGORITHMS[algorithm]] ?? hash(algorithm, 'nobody')
  const what = hash(algorithm, `${method}:${part('uri')}`)
  const wanted = hash(algorithm, [who, part('nonce'), part('nc'), part('cnonce'), part('qop'), what].join(':'))
  const given = Buffer.from(part('response').toLowerCase())
  return given.length === wanted.length && timingSafeEqual(given, Buffer.from(wanted)) && secret !== undefined
}

function hash(algorithm: Algorithm, text: string): string {
  return createHash(ALGORITHMS[algorithm]).update(text).digest('hex')
}
