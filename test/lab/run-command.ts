import { spawn } from 'node:child_process'
import { LabError } from './lab-error.ts'

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  readonly input?: string
  readonly signal?: AbortSignal | undefined
  readonly onLine?: (line: string) => void
}

/** Runs a command to its end. @returns its standard output @throws LabError when it is missing or fails, with its last words */
export function runCommand(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const child = spawn(command, args, {
    env: { ...process.env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  let output = ''
  let words = ''
  const listen = (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2000)
    for (const line of chunk.toString().split('\n')) if (line.trim()) options.onLine?.(line.trim())
  }
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString()
    listen(chunk)
  })
  child.stderr.on('data', listen)
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  child.on('error', (error) => reject(explain(command, error)))
  child.on('close', (code, killedBy) => {
    if (code === 0) return resolve(output)
    reject(new LabError(`${command} failed (${killedBy ?? code}): ${lastLines(words)}`))
  })
  return promise
}

function explain(command: string, error: Error): Error {
  if ('code' in error && error.code === 'ENOENT')
    return new LabError(`${command} is not installed: run "sh test/prepare.sh lab" as root`)
  return error
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' | ')
}
