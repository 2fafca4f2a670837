import { LabError } from './lab-error.ts'
import { runCommand } from './run-command.ts'

/** The Debian mirror this machine's apt uses. @throws LabError when apt names none */
export async function aptMirror(): Promise<string> {
  const mirror = mirrorOf(await runCommand('apt-get', ['indextargets', '--format', '$(ORIGIN)|$(URI)']))
  if (mirror === undefined)
    throw new LabError('apt has no index of a Debian mirror: run "apt-get update" with a working sources.list')
  return mirror
}

/**
 * @param targets lines `ORIGIN|URI` of `apt-get indextargets`
 * @returns the first Debian archive (security and third-party archives do not carry whole suites)
 */
export function mirrorOf(targets: string): string | undefined {
  const lines = targets.split('\n').map((line) => {
    const [origin = '', uri = ''] = line.split('|')
    const [mirror = '', rest] = uri.split(/\/dists\//)
    return { origin, mirror, suite: rest?.split('/')[0] ?? '' }
  })
  return lines.find((line) => line.origin === 'Debian' && line.suite !== '' && !line.suite.includes('security'))?.mirror
}
