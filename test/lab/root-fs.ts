import { mkdir, rename, rm, stat, writeFile } from 'node:fs/promises'
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
  await rm(building, { recursive: true, force: true })
  await debootstrap(suite, building, version, options)
  await rename(building, directory)
  return directory
}

async function debootstrap(suite: Suite, target: string, version: AsteriskVersion, options: BuildOptions) {
  if (process.getuid?.() !== 0)
    throw new LabError(
      `building the root file system of Asterisk ${version} needs root: run "sudo sh test/prepare.sh lab"`,
    )
  const mirror = await aptMirror()
  options.log(`building Debian ${suite.name} with Asterisk ${version} from ${mirror} (about a minute, once) …`)
  const args = ['--variant=minbase', `--include=${suite.packages.join(',')}`, suite.name, target, mirror]
  const onLine = atMostEvery(3000, (line) => options.log(line.replace(/^I: /, '  ')))
  try {
    await runCommand('debootstrap', args, {
      signal: options.signal,
      onLine,
      env: { DEBIAN_FRONTEND: 'noninteractive' },
    })
  } catch (error) {
    if (!(error instanceof LabError) || !error.message.startsWith('debootstrap failed')) throw error
    throw new LabError(
      `${error.message}; if the mirror ${mirror} cannot be reached, correct apt's sources until "apt-get update" works, then try again`,
    )
  }
  for (const directory of WRITABLE_DIRECTORIES) await mkdir(join(target, directory), { recursive: true })
  // Nothing in the lab may ask a name server of the outside.
  await writeFile(join(target, 'etc/hosts'), '127.0.0.1 localhost\n')
  await writeFile(join(target, 'etc/resolv.conf'), '')
  await rm(join(target, 'var/cache/apt/archives'), { recursive: true, force: true })
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
