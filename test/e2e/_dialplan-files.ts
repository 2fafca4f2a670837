import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { dialplanCommand } from '../../src/commands/dialplan.ts'
import type { Lab } from '../lab/lab.ts'

/** `callweave dialplan` on the lab's directory, and Asterisk told to read it. */
export async function dialplan(lab: Lab, action: '--install' | '--remove'): Promise<void> {
  const told: string[] = []
  const out = { write: (text: string) => told.push(text) }
  const io = { stdout: out, stderr: out, signal: new AbortController().signal }
  const code = await dialplanCommand(['--pbx', 'plain', action, '--asterisk-dir', lab.etcAsterisk], io)
  expect(code, told.join('')).toBe(0)
  await lab.cli('dialplan reload')
}

/** Every file of a directory, byte for byte. */
export async function filesOf(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).sort()
  const texts = names.map(async (name) => [name, await readFile(join(directory, name), 'latin1')] as const)
  return Object.fromEntries(await Promise.all(texts))
}
