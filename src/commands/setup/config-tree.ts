import { dirname } from 'node:path'
import { ownerOf, readAsteriskFile, writeAsteriskFile } from '../../asterisk/asterisk-file.ts'
import { isTree, type Tree } from '../../config/complete.ts'
import { ConfigError } from '../../config/load.ts'

/** The configuration as it stands in its file; undefined when there is none. @throws ConfigError when it is no JSON object. */
export async function configTree(file: string): Promise<Tree | undefined> {
  const bytes = await readAsteriskFile(file)
  if (bytes === undefined) return undefined
  let raw: unknown
  try {
    raw = JSON.parse(Buffer.from(bytes, 'latin1').toString('utf8'))
  } catch {
    throw new ConfigError(
      `${file}: not JSON; "callweave config" says where. It was left as it is: correct it, or move it away`,
    )
  }
  if (!isTree(raw)) throw new ConfigError(`${file}: must be one JSON object`)
  return raw
}

/** Writes it whole or not at all; a new file is 0600. @throws ConfigError when there is no such directory. */
export async function writeConfig(file: string, config: Tree): Promise<void> {
  const above = await ownerOf(dirname(file))
  if (!above) throw new ConfigError(`${dirname(file)}: no such directory; make it first`)
  const text = `${JSON.stringify(config, null, 2)}\n`
  await writeAsteriskFile(file, Buffer.from(text, 'utf8').toString('latin1'), { ...above, mode: 0o600 })
}
