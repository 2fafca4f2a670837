import { readFile, stat } from 'node:fs/promises'
import type { Logger } from 'pino'
import { numbersInFile } from '../registration/rules/blacklist-file.ts'

/** Somebody who has just been put on a list hardly calls again within that. */
const LOOK_MS = 10_000

export interface NumberLists extends AsyncDisposable {
  /** Whether a phone key stands in one of the files now. */
  has(phoneKey: string): boolean
}

/** Files of numbers, read again when they change. One that cannot be read keeps what was known of it. */
export async function openNumberLists(
  files: readonly string[],
  log: Pick<Logger, 'warn' | 'info'>,
): Promise<NumberLists> {
  const known = new Map<string, { readonly stamp: string; readonly numbers: ReadonlySet<string> }>()
  const complained = new Set<string>()

  const look = async (file: string): Promise<void> => {
    try {
      const { mtimeMs, size } = await stat(file)
      const stamp = `${mtimeMs} ${size}`
      if (known.get(file)?.stamp === stamp) return
      const numbers = numbersInFile(await readFile(file, 'utf8'))
      known.set(file, { stamp, numbers })
      complained.delete(file)
      log.info({ file, numbers: numbers.size }, 'a list of ignored numbers was read')
    } catch (error) {
      if (!complained.has(file)) log.warn({ file, error: String(error) }, 'a list of ignored numbers cannot be read')
      complained.add(file)
    }
  }
  const lookAtAll = () => Promise.all(files.map(look))
  await lookAtAll()
  const timer = files.length > 0 ? setInterval(() => void lookAtAll(), LOOK_MS) : undefined

  return {
    has: (key) => [...known.values()].some(({ numbers }) => numbers.has(key)),
    [Symbol.asyncDispose]: async () => clearInterval(timer),
  }
}
