import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Curled {
  readonly status: number
  readonly json: Readonly<Record<string, unknown>>
  readonly text: string
}

/** The real curl, as an administrator's script calls it. */
export async function curl(...args: readonly string[]): Promise<Curled> {
  const { stdout } = await run('curl', ['-sS', '-w', '\n%{http_code}', ...args], { maxBuffer: 64 * 1024 * 1024 })
  const at = stdout.lastIndexOf('\n')
  const text = stdout.slice(0, at)
  return { status: Number(stdout.slice(at + 1)), text, json: text.startsWith('{') ? JSON.parse(text) : {} }
}
