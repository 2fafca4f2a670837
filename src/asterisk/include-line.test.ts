import { expect, test } from 'vitest'
import { foreignInclude, includes, withInclude, withoutInclude } from './include-line.ts'

const target = 'extensions_callweave.conf'
const files: Readonly<Record<string, string>> = {
  'an ordinary file': '[from-internal-custom]\nexten => 1,1,NoOp()\n',
  'an empty file': '',
  'only a line end': '\n',
  'a file without a final newline': '[a]\nexten => 1,1,NoOp()',
  'a file with CRLF': '[a]\r\nexten => 1,1,NoOp()\r\n',
  'a file with CRLF and no final one': '[a]\r\nexten => 1,1,NoOp()',
  'blank lines at the end': '[a]\n\n\n',
  'bytes that are no UTF-8': '; \xff\xfe\xd0\n[a]\n',
  'our name in a comment': '; #include extensions_callweave.conf\n',
  'another include': '#include extensions_other.conf\n',
}

test.each(Object.entries(files))(
  'given %s, when our line goes in and out again, then not a byte differs',
  (_what, before) => {
    const during = withInclude(before, target)
    expect(during).not.toBe(before)
    expect(during.startsWith(before)).toBe(true)
    expect(includes(during, target)).toBe(true)
    expect(withoutInclude(during, target)).toBe(before)
  },
)

test.each(Object.entries(files))(
  'given %s with our line, when it is put in again, then nothing changes',
  (_what, before) => {
    const once = withInclude(before, target)
    expect(withInclude(once, target)).toBe(once)
  },
)

test('given no file, when our line goes in and out again, then there is no file', () => {
  const made = withInclude(undefined, target)
  expect(includes(made, target)).toBe(true)
  expect(withoutInclude(made, target)).toBeUndefined()
})

test('given a file of ours that somebody wrote into, when our line goes, then their lines stay', () => {
  expect(withoutInclude(`${withInclude(undefined, target)}[theirs]\n`, target)).toContain('[theirs]\n')
})

test('given lines that were added behind ours, when ours goes, then they stay as they are', () => {
  const during = `${withInclude('[a]\n', target)}[b]\nexten => 1,1,NoOp()\n`
  expect(withoutInclude(during, target)).toBe('[a]\n[b]\nexten => 1,1,NoOp()\n')
})

test.each([
  '#include extensions_callweave.conf',
  '  #tryinclude "extensions_callweave.conf"',
  '#include /etc/asterisk/extensions_callweave.conf ; mine',
])(
  'given an administrator who wrote "%s", when our line would go in, then one include is enough, and it is not ours to take out',
  (line) => {
    const text = `[a]\n${line}\n`
    expect(withInclude(text, target)).toBe(text)
    expect(withoutInclude(text, target)).toBe(text)
    expect(foreignInclude(text, target)).toBe(line)
  },
)

test('given a longer name that ends like ours, when it is looked at, then it is another file', () => {
  expect(includes('#include my_extensions_callweave.conf\n', target)).toBe(false)
  expect(includes('#include extensions_callweave.conf.old\n', target)).toBe(false)
})
