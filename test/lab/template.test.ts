import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { renderTemplate } from './template.ts'

test('given values, then every name in double braces is replaced', () => {
  expect(renderTemplate('bind=127.0.0.1:{{port}}\nport {{port}} of {{name}}', { port: 5060, name: 'lab' })).toBe(
    'bind=127.0.0.1:5060\nport 5060 of lab',
  )
})

test('given a name without a value, then nothing half-rendered comes out', () => {
  expect(() => renderTemplate('{{known}} {{unknown}}', { known: 1 })).toThrow('unknown')
})

test('given a dialplan expression, then it is left as it is', () => {
  const line = `same => n,GosubIf($[$\{DIALPLAN_EXISTS(callweave-in,s,1)}]?callweave-in,s,1($\{EXTEN}))`
  expect(renderTemplate(line, {})).toBe(line)
})

test('both versions of Asterisk have the same files of their own', async () => {
  const filesOf = (version: string) => readdir(join(import.meta.dirname, 'asterisk', version))
  expect(await filesOf('16')).toEqual(await filesOf('22'))
})

test('the dialplan ends with the file that administrators own', async () => {
  const dialplan = await readFile(join(import.meta.dirname, 'asterisk/common/extensions.conf'), 'utf8')
  expect(dialplan.trimEnd().split('\n').at(-1)).toBe('#tryinclude extensions_custom.conf')
})
