import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { configReference, exampleConfig } from './example.ts'
import { checkConfig } from './load.ts'
import { Secret, shown } from './secret.ts'

function fromExample(change: (raw: Record<string, never>) => void = () => {}): Record<string, unknown> {
  const raw = JSON.parse(exampleConfig().replaceAll(/CHANGE-ME[\w-]*/g, 'a-secret-of-our-own'))
  change(raw)
  return raw
}

function complaint(raw: unknown): string {
  try {
    checkConfig(raw, 'config.json')
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  return ''
}

test('given the example with its secrets filled in, when checked, then it is a configuration', () => {
  const config = checkConfig(fromExample(), 'config.json')
  expect(config.webserver.port).toBe(8077)
  expect(config.crm.token.reveal()).toBe('a-secret-of-our-own')
})

test('given the example as it is, when checked, then the placeholders are refused without being shown', () => {
  const text = complaint(JSON.parse(exampleConfig()))
  expect(text).toContain("crm.token: ••• is not allowed; allowed: your own value in place of the example's")
})

test('given the files in config/, when generated anew, then they are the same', () => {
  const file = (name: string) => readFileSync(new URL(`../../config/${name}`, import.meta.url), 'utf8')
  expect(file('config.example.json')).toBe(exampleConfig())
  expect(file('README.md')).toBe(configReference())
})

test('given the reference, when read, then every key has an explanation', () => {
  const silent = configReference()
    .split('\n')
    .filter((line) => /^\| `[^`]+` \| +\|/.test(line))
  expect(silent).toEqual([])
})

test('given many wrong keys, when checked, then every one is listed with its value and what is allowed', () => {
  const text = complaint({
    service: { mode: 'yes' },
    asterisk: { ari: { url: 'ftp://pbx', password: 5 } },
    crm: { url: 'http://crm.example.com', token: 'secret-token' },
    staff: { internal: '(', people: [{ extension: 'x' }, { extension: '101' }, { extension: '101' }] },
    lines: [{ did: '1', ringSeconds: 1.5 }],
    numbers: { contry: 'RU' },
  })
  expect(text.split('\n')).toEqual([
    'config.json: 9 wrong keys',
    '  service.mode: "yes" is not allowed; allowed: "off", "watch", "on"',
    '  asterisk.ari.url: "ftp://pbx" is not allowed; allowed: an http or https address',
    '  asterisk.ari.password: ••• is not allowed; allowed: a value of type string',
    '  crm.url: "http://crm.example.com" is not allowed; allowed: an https address, like "https://acme.amocrm.ru" (http only on 127.0.0.1)',
    '  staff.internal: "(" is not allowed; allowed: a regular expression, like "^1\\\\d\\\\d$"',
    '  staff.people.0.extension: "x" is not allowed; allowed: digits of an extension, like "101"',
    '  lines.0.ringSeconds: 1.5 is not allowed; allowed: a whole number',
    '  numbers.contry: unknown key; remove it or check the spelling',
    '  staff.people.2.extension: repeats staff.people.1.extension; allowed: a value of its own',
  ])
})

test('given a missing section, when checked, then its key is named', () => {
  expect(complaint({ asterisk: { ari: { password: 'p' } } })).toContain('crm: missing; allowed: a value of type object')
})

test('given a file that is not JSON, when loaded, then line and column are told and the text is not', async () => {
  const { mkdtempSync, writeFileSync } = await import('node:fs')
  const { loadConfig } = await import('./load.ts')
  const file = `${mkdtempSync('/tmp/callweave-config-')}/config.json`
  writeFileSync(file, '{\n  "crm": { "token": "hidden" },,\n}')
  expect(() => loadConfig(file)).toThrow(/not JSON: line 2, column \d+/)
  expect(() => loadConfig(file)).not.toThrow(/hidden/)
  expect(() => loadConfig(`${file}.none`)).toThrow(/no such file\. Start from config\/config\.example\.json/)
})

test('given a secret, when printed by any road, then it shows dots', () => {
  const secret = new Secret('hidden')
  expect([`${secret}`, JSON.stringify({ secret }), inspect({ secret })].join()).not.toContain('hidden')
  expect(shown('ari', { user: 'u', password: 'hidden' })).not.toContain('hidden')
  expect(shown('url', 'http://user:hidden@pbx:8088')).not.toContain('hidden')
})
