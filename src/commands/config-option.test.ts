import { expect, test } from 'vitest'
import { HelpAsked } from './command.ts'
import { parseOptions } from './config-option.ts'

const options = { dry: { type: 'boolean' } } as const
const silent = { stdout: { write: () => true }, signal: new AbortController().signal }
function parse(...args: readonly string[]) {
  const said: string[] = []
  const io = { ...silent, stderr: { write: (text: string) => said.push(text) } }
  const parsed = parseOptions({ args: [...args], options, allowPositionals: true }, 'callweave x [--dry]', io)
  return { parsed, said: said.join('') }
}

test.each(['--help', '-h'])(
  'given %s among the arguments, then the usage is the answer and nothing is done',
  (help) => {
    expect(() => parse('--dry', help)).toThrow(HelpAsked)
  },
)

test('given --help behind --, then it is a name like any other', () => {
  expect(parse('--', '--help').parsed?.positionals).toEqual(['--help'])
})

test('given an unknown option, then it is named and the usage told', () => {
  const { parsed, said } = parse('--wet')
  expect(parsed).toBeUndefined()
  expect(said).toContain('--wet')
  expect(said).toContain('usage: callweave x')
})
