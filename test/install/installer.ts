import { spawn } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Ended, ended } from './pbx-machine.ts'

export const installScript = fileURLToPath(new URL('../../install.sh', import.meta.url))

/** Runs the checkout's install.sh on this machine: with `--root`, so that it touches nothing of it. */
export async function runInstaller(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Ended> {
  const child = spawn('sh', [installScript, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  return ended(child)
}

/** Simulated commands in a directory that goes to the front of PATH: name → lines of shell. @returns that PATH */
export async function shims(directory: string, commands: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(directory, { recursive: true })
  for (const [name, body] of Object.entries(commands)) {
    await writeFile(join(directory, name), `#!/bin/sh\n${body}\n`)
    await chmod(join(directory, name), 0o755)
  }
  return `${directory}:${process.env['PATH']}`
}

/** Makes an archive of this checkout, as somebody does for a PBX without npm. @returns its path */
export async function makeArchive(directory: string): Promise<string> {
  const archive = join(directory, 'callweave.tgz')
  const { code, said } = await runInstaller(['--make-archive', archive])
  if (code !== 0) throw new Error(`no archive was made: ${said}`)
  return archive
}
