import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Logger } from 'pino'

/** Renewals replace files and links in many ways; looking at them is the one way that sees all of them. */
const LOOK_EVERY_MS = 10_000

export interface CertificateFiles {
  /** PEM, the whole chain. */
  readonly certificate: string
  /** PEM. */
  readonly key: string
}

/** The certificate cannot be used; the message says why and what to do. */
export class CertificateError extends Error {
  override name = 'CertificateError'
}

/**
 * Reads a certificate and its key and makes sure that they belong together.
 * @throws CertificateError when a file cannot be read, is no PEM, or the two do not fit.
 */
export function readCertificate({
  certificate,
  key,
}: CertificateFiles): SecureContextOptions & { readonly validTo: Date } {
  const pair = { cert: read(certificate), key: read(key) }
  try {
    createSecureContext(pair)
    return { ...pair, validTo: new Date(new X509Certificate(pair.cert).validTo) }
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new CertificateError(`${certificate} and ${key} are not a certificate and its key in PEM (${why})`, { cause })
  }
}

/** Calls back with the new pair when the files have changed and fit; a pair that does not fit is told and the old one stays. */
export function watchCertificate(
  files: CertificateFiles,
  changed: (pair: SecureContextOptions) => void,
  log: Logger,
  everyMs: number = LOOK_EVERY_MS,
): Disposable {
  let known = fingerprint(files)
  const look = (): void => {
    const seen = fingerprint(files)
    if (seen === known) return
    try {
      const pair = readCertificate(files)
      known = seen
      changed({ cert: pair.cert, key: pair.key })
      log.info({ validTo: pair.validTo.toISOString() }, 'the certificate was renewed')
    } catch (error) {
      log.error({ error: String(error) }, 'the new certificate cannot be used; the old one stays')
    }
  }
  const paths = [files.certificate, files.key]
  for (const path of paths) watchFile(path, { interval: everyMs, persistent: false }, look)
  return {
    [Symbol.dispose]: () => {
      for (const path of paths) unwatchFile(path, look)
    },
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
    const cure = code === 'EACCES' ? "let the service's user read it" : 'set webserver.https'
    throw new CertificateError(`${path} cannot be read (${code}); ${cure}`, { cause })
  }
}

function fingerprint({ certificate, key }: CertificateFiles): string {
  const hash = createHash('sha256')
  for (const path of [certificate, key]) {
    try {
      hash.update(readFileSync(path))
    } catch {
      hash.update('unreadable')
    }
  }
  return hash.digest('hex')
}
