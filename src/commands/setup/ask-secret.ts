import { stdin } from 'node:process'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { CommandIo } from '../command.ts'

/** One line from standard input; at a terminal the question is shown and what is typed is not. Empty when there is none. */
export async function askSecret(question: string, { stderr, signal }: CommandIo): Promise<string> {
  const terminal = stdin.isTTY === true
  if (terminal) stderr.write(question)
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  using lines = createInterface({ input: stdin, output: nowhere, terminal, signal })
  for await (const line of lines) {
    if (terminal) stderr.write('\n')
    return line
  }
  return ''
}
