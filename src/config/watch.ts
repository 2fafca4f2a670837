import { createHash } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'

/** Whoever has saved a change looks for its effect at once. */
const LOOK_EVERY_MS = 2_000

/**
 * Calls `changed` when the content of a file has become another, however that was done: editors replace files and links in many ways, and
 * looking at them is the one way that sees all of them. A file that appears or disappears has changed too.
 */
export function watchContent(file: string, changed: () => void, everyMs: number = LOOK_EVERY_MS): Disposable {
  let known = fingerprint(file)
  const look = (): void => {
    const seen = fingerprint(file)
    if (seen === known) return
    known = seen
    changed()
  }
  watchFile(file, { interval: everyMs, persistent: false }, look)
  return { [Symbol.dispose]: () => unwatchFile(file, look) }
}

function fingerprint(file: string): string {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex')
  } catch {
    return 'unreadable'
  }
}
