import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join, posix } from 'node:path'
import { SourceUnavailable } from './errors.ts'
import { codeOf } from './file-source.ts'
import type { RecordingSource, Seen } from './source.ts'

export interface SftpSettings {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Private key file without a passphrase. */
  readonly key: string
  readonly knownHosts: string
}

/** A recording of an hour over a slow line. */
const PATIENCE_MS = 120_000
const CONNECT_SECONDS = 10
const MOST_OUTPUT = 64 * 1024

/** Recordings on the PBX, fetched with OpenSSH's own `sftp`: keys and host keys are checked by it. What the user there may read limits what links can lead to. */
export function sftpSource(settings: SftpSettings, program = 'sftp'): RecordingSource {
  const { host } = settings

  async function run(
    batch: string,
    signal: AbortSignal,
  ): Promise<{ readonly out: string; readonly words: string; readonly well: boolean }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ out: string; words: string; well: boolean }>()
    const options = {
      timeout: PATIENCE_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MOST_OUTPUT,
      signal,
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    } as const
    const child = execFile(program, [...argumentsFor(settings)], options, (error, out, words) => {
      const code = codeOf(error)
      if (code === 'ENOENT')
        return reject(new SourceUnavailable('there is no program sftp here: apt-get install openssh-client'))
      if (error?.killed) return reject(new SourceUnavailable(`${host} took too long by SFTP: check the line to it`))
      resolve({ out, words, well: error === null })
    })
    child.stdin?.on('error', () => undefined)
    child.stdin?.end(batch)
    return promise
  }

  async function look(paths: readonly string[], signal: AbortSignal): Promise<Seen | undefined> {
    // With a dash sftp goes on when there is no such file: one connection for all places.
    const { out, words, well } = await run(paths.map((path) => `-ls -ln ${quoted(path)}\n`).join(''), signal)
    if (!well) throw trouble(words, host)
    for (const path of paths) {
      const bytes = listedBytes(out, path)
      if (bytes !== undefined) return { path, bytes, changedAt: undefined }
    }
    if (/permission denied/i.test(words)) throw trouble(words, host)
    return undefined
  }

  async function bring({ path }: Seen, directory: string, signal: AbortSignal): Promise<string> {
    const target = join(directory, `${randomUUID()}${posix.extname(path)}`)
    const { words, well } = await run(`get ${quoted(path)} ${quoted(target)}\n`, signal)
    if (!well) throw trouble(words, host)
    return target
  }
  return { look, bring, near: false }
}

/** @returns the size in the line of `ls -ln` of this path, `-rw-r--r--    1 995  995  64044 Nov 20 13:20 /path`; undefined when it is no plain file. */
export function listedBytes(listing: string, path: string): number | undefined {
  const line = listing.split('\n').find((one) => one.endsWith(` ${path}`))
  const size = /^-[rwxsStT-]{9}[.+@]?\s+\S+\s+\S+\s+\S+\s+(\d+)\s/.exec(line ?? '')?.[1]
  return size === undefined ? undefined : Number(size)
}

/** No configuration of whoever runs us, no question to anybody, no host whose key is not known. */
function argumentsFor({ host, port, user, key, knownHosts }: SftpSettings): readonly string[] {
  const options = [
    'BatchMode=yes',
    'IdentitiesOnly=yes',
    'StrictHostKeyChecking=yes',
    `UserKnownHostsFile=${knownHosts}`,
    'GlobalKnownHostsFile=/dev/null',
    `ConnectTimeout=${CONNECT_SECONDS}`,
    'ServerAliveInterval=10',
    // -q would keep ssh's reasons from us.
    'LogLevel=ERROR',
  ]
  return [
    '-F',
    'none',
    '-b',
    '-',
    '-P',
    String(port),
    '-i',
    key,
    ...options.flatMap((option) => ['-o', option]),
    `${user}@${bracketed(host)}`,
  ]
}

/** An IPv6 address would be cut at its first colon. */
function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}

/** A name as one word of sftp's batch, patterns taken literally. @throws SourceUnavailable for what could end the line. */
export function quoted(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path))
    throw new SourceUnavailable('a recording has a name with control characters: rename it')
  return `"${path.replaceAll(/[\\"*?[\]]/g, '\\$&')}"`
}

function trouble(words: string, host: string): SourceUnavailable {
  return new SourceUnavailable(
    `${host} by SFTP: ${words.trim().slice(-200) || 'it failed without a word'}; ${cureOf(words)}`,
  )
}

function cureOf(words: string): string {
  if (/host key verification failed|no .* host key is known|identification has changed/i.test(words))
    return 'put the right host key into the file recordings.sftp.knownHosts (ssh-keyscan), after comparing it on the PBX'
  if (/permission denied \(/i.test(words))
    return "put the public key into that user's authorized_keys on the PBX, and let the service read recordings.sftp.key"
  if (/permission denied/i.test(words))
    return 'let that user read the recordings, for example by adding it to the group asterisk'
  if (/bad permissions|invalid format|load key/i.test(words))
    return "recordings.sftp.key must be a private key without a passphrase, mode 0600, of the service's user"
  return 'check recordings.sftp and that the PBX runs an SSH server'
}
