import { rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { aptMirror } from './apt-mirror.ts'
import { cacheDirectory } from './cache-directory.ts'
import { LabError } from './lab-error.ts'
import { lock } from './lock-file.ts'
import { runCommand } from './run-command.ts'
import { WRITABLE_DIRECTORIES } from './writable-directories.ts'

export type AsteriskVersion = '16' | '22'

interface Suite {
  readonly name: string
  readonly packages: readonly string[]
}

const PACKAGES = [
  'asterisk',
  'asterisk-config',
  'asterisk-modules',
  'asterisk-core-sounds-en-wav',
  'odbc-mariadb',
  'unixodbc',
  'baresip-core',
  'tzdata',
]

const SUITES: Readonly<Record<AsteriskVersion, Suite>> = {
  '16': { name: 'bullseye', packages: [...PACKAGES, 'asterisk-voicemail'] },
  '22': { name: 'sid', packages: PACKAGES },
}

/** Part of the directory's name: another number builds anew beside the old one. */
const RECIPE = 2

export interface BuildOptions {
  readonly log: (line: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * The root file system with Asterisk and baresip, built by debootstrap on first use. It is never written to afterwards.
 * @returns its path @throws LabError without root, debootstrap or a mirror
 */
export async function ensureRootFs(version: AsteriskVersion, options: BuildOptions): Promise<string> {
  const suite = SUITES[version]
  const directory = join(cacheDirectory(), `root-${suite.name}-${RECIPE}`)
  if (await exists(directory)) return directory
  const onWait = () => options.log(`another run is building ${suite.name}, waiting for it …`)
  await using _lock = await lock(`${directory}.lock`, onWait, options.signal)
  if (await exists(directory)) return directory
  const building = `${directory}.building`
  await debootstrap(suite, building, version, options)
  await rename(building, directory)
  return directory
}

async function debootstrap(suite: Suite, target: string, version: AsteriskVersion, options: BuildOptions) {
  const asRoot = await rootPrefix(version)
  const mirror = await aptMirror()
  options.log(`building Debian ${suite.name} with Asterisk ${version} from ${mirror} (about a minute, once) …`)
  const script = join(import.meta.dirname, 'build-root-fs.sh')
  const parts = [suite.name, target, mirror, suite.packages.join(','), WRITABLE_DIRECTORIES.join(' ')]
  const [command = 'sh', ...args] = [...asRoot, 'sh', script, ...parts]
  const onLine = atMostEvery(3000, (line) => options.log(line.replace(/^I: /, '  ')))
  const env = { DEBIAN_FRONTEND: 'noninteractive', PATH: `${process.env['PATH']}:/usr/sbin:/sbin` }
  try {
    await runCommand(command, args, { signal: options.signal, onLine, env })
  } catch (error) {
    if (!(error instanceof LabError)) throw error
    throw new LabError(
      `Debian ${suite.name} could not be built from ${mirror} (${error.message}): make sure that debootstrap is installed and the mirror can be reached ("apt-get update"), then run "sh test/prepare.sh lab" again`,
    )
  }
}

/** debootstrap makes files of other owners, and device nodes. @returns what to put before the command */
async function rootPrefix(version: AsteriskVersion): Promise<string[]> {
  if (process.getuid?.() === 0) return []
  const trusted = await runCommand('sudo', ['-n', 'true']).then(
    () => true,
    () => false,
  )
  if (trusted) return ['sudo', '-n']
  throw new LabError(
    `building the root file system of Asterisk ${version} needs root: run "sh test/prepare.sh lab" once as root with CALLWEAVE_LAB_CACHE=${cacheDirectory()}`,
  )
}

function atMostEvery(ms: number, tell: (line: string) => void): (line: string) => void {
  let last = 0
  return (line) => {
    const now = performance.now()
    if (now - last < ms) return
    last = now
    tell(line)
  }
}

export async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  )
}
