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
  expect(config.crm.token?.reveal()).toBe('a-secret-of-our-own')
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
    lines: [{ did: '1', routing: { ringSeconds: 1.5 } }],
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
    '  lines.0.routing.ringSeconds: 1.5 is not allowed; allowed: a whole number',
    '  numbers.contry: unknown key; remove it or check the spelling',
    '  staff.people.2.extension: repeats staff.people.1.extension; allowed: a value of its own',
  ])
})

/** What is wrong with the example after one value is changed. @param path dotted; a list's entry by its place. */
function troubleWith(path: string, value: unknown): string {
  const raw = fromExample()
  const keys = path.split('.')
  const holder = keys.slice(0, -1).reduce<unknown>((at, key) => Reflect.get(Object(at), key), raw)
  Reflect.set(Object(holder), keys.at(-1) ?? '', value)
  return complaint(raw).split('\n').slice(1).join('\n')
}

const person = '16 or more printable ASCII characters, no spaces'
const aCountry = 'a country with phone numbers of its own, like "RU"'
test.each([
  ['staff.people.0.token', '1', `  staff.people.0.token: ••• is not allowed; allowed: ${person}`],
  ['staff.people.0.token', '15-characters--', `  staff.people.0.token: ••• is not allowed; allowed: ${person}`],
  [
    'staff.people.0.token',
    'a token with spaces in it',
    `  staff.people.0.token: ••• is not allowed; allowed: ${person}`,
  ],
  ['staff.people.0.token', '16-characters---', ''],
  [
    'crm.token',
    'abc\n',
    '  crm.token: ••• is not allowed; allowed: printable ASCII characters, no spaces, no line break',
  ],
  [
    'crm.token',
    'токен',
    '  crm.token: ••• is not allowed; allowed: printable ASCII characters, no spaces, no line break',
  ],
  ['crm.token', '', '  crm.token: ••• is not allowed; allowed: printable ASCII characters, no spaces, no line break'],
  [
    'crm.url',
    'https://user:hidden@acme.amocrm.ru',
    '  crm.url: "https://•••@acme.amocrm.ru" is not allowed; allowed: an address without user and password',
  ],
  [
    'asterisk.ari.url',
    'http://user:hidden@127.0.0.1:8088',
    '  asterisk.ari.url: "http://•••@127.0.0.1:8088" is not allowed; allowed: an address without user and password; they belong into asterisk.ari.user and asterisk.ari.password',
  ],
  ['numbers.country', 'ZZ', `  numbers.country: "ZZ" is not allowed; allowed: ${aCountry}`],
  ['numbers.country', 'rus', '  numbers.country: "rus" is not allowed; allowed: two capital letters, like "RU"'],
  ['numbers.country', 'KZ', ''],
  ['clickToCall.countries', ['RU', 'ZZ'], `  clickToCall.countries.1: "ZZ" is not allowed; allowed: ${aCountry}`],
  ['webserver.port', 8078, '  webserver.port: 8078 is not allowed; allowed: another port than webserver.https.port'],
  [
    'webserver.https.port',
    8077,
    '  webserver.https.port: 8077 is not allowed; allowed: another port than webserver.port',
  ],
])('given %s %j, when checked, then it says "%s"', (path, value, says) => {
  expect(troubleWith(path, value)).toBe(says)
})

test('given one mobile with two people, however it is written, when checked, then it is told; twice with one is one', () => {
  const people = [
    { extension: '101', mobiles: ['79990001122', '+79990001122'] },
    { extension: '102', mobiles: ['+79990001123', '89990001122'] },
  ]
  expect(troubleWith('staff.people', people)).toBe(
    '  staff.people.1.mobiles.1: repeats staff.people.0.mobiles.0; allowed: a number of one person',
  )
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
