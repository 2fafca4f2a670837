import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { type IncomingMessage, request as requestPlain } from 'node:http'
import { request as requestSecure } from 'node:https'
import { join, posix } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { isBelow } from './candidate-paths.ts'
import { SourceUnavailable } from './errors.ts'
import type { RecordingSource, Seen } from './source.ts'

export interface HttpsSettings {
  /** `{path}` in it is the path below the directory. */
  readonly url: string
  readonly user: string
  readonly password: string
  /** PEM file of a private authority. */
  readonly ca: string | undefined
  /** Places of recordings as the PBX names them. */
  readonly directories: readonly string[]
}

const PATIENCE_MS = 120_000

/** Recordings on a web server, streamed. Its certificate is always checked; a redirection is not followed, since the password would go with it. */
export function httpsSource({ url, user, password, ca, directories }: HttpsSettings): RecordingSource {
  const origin = new URL(url.replaceAll(/[{}]/g, '')).origin

  async function ask(method: 'HEAD' | 'GET', path: string, signal: AbortSignal): Promise<IncomingMessage | undefined> {
    const address = addressOf(path)
    if (!address) return undefined
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const send = address.protocol === 'https:' ? requestSecure : requestPlain
    const options = {
      method,
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      ...(user !== '' && { auth: `${user}:${password}` }),
      ...(ca !== undefined && { ca: await readFile(ca) }),
    }
    send(address, options, resolve).once('error', reject).end()
    const answer = await promise.catch((cause) => {
      throw new SourceUnavailable(`${origin} cannot be asked: ${words(cause)}; check recordings.https`, { cause })
    })
    const { statusCode = 0 } = answer
    if (statusCode === 200) return answer
    answer.resume()
    if (statusCode === 404 || statusCode === 410) return undefined
    throw new SourceUnavailable(`${origin} answers ${statusCode}: ${cureOf(statusCode)}`)
  }

  function addressOf(path: string): URL | undefined {
    const directory = directories.find((one) => isBelow(one, path))
    if (directory === undefined) return undefined
    const below = posix.relative(directory, path).split('/').map(encodeURIComponent).join('/')
    return new URL(url.replace('{path}', () => below))
  }

  async function lookAt(path: string, signal: AbortSignal): Promise<Seen | undefined> {
    const answer = await ask('HEAD', path, signal)
    if (!answer) return undefined
    answer.resume()
    const changedAt = Date.parse(answer.headers['last-modified'] ?? '')
    const now = Date.parse(answer.headers.date ?? '')
    // Both by the server's clock; ours may differ.
    const age = now - changedAt
    return {
      path,
      bytes: Number(answer.headers['content-length'] ?? 0),
      changedAt: Number.isNaN(age) ? undefined : Date.now() - age,
    }
  }

  async function look(paths: readonly string[], signal: AbortSignal): Promise<Seen | undefined> {
    for (const path of paths) {
      const seen = await lookAt(path, signal)
      if (seen) return seen
    }
    return undefined
  }

  async function bring({ path }: Seen, directory: string, signal: AbortSignal): Promise<string> {
    const answer = await ask('GET', path, signal)
    if (!answer) throw new SourceUnavailable(`${origin} has no such recording any more`)
    const target = join(directory, `${randomUUID()}${posix.extname(path)}`)
    await pipeline(answer, createWriteStream(target, { mode: 0o600 }), { signal }).catch((cause) => {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOSPC') throw cause
      throw new SourceUnavailable(`${origin} broke off: ${words(cause)}`, { cause })
    })
    return target
  }
  return { look, bring, near: false }
}

function cureOf(status: number): string {
  if (status === 401 || status === 403) return 'check recordings.https.user and password'
  if (status >= 300 && status < 400) return 'put the address it redirects to into recordings.https.url'
  return 'look into the log of that server'
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
