import { expect, test } from 'vitest'
import { complete, unanswered } from './complete.ts'

const keys = (login: string, password: string) => ({
  passwordHash: `hash of ${password}`,
  digest: { md5: `md5 of ${login}, ${password}`, sha256: `sha256 of ${login}, ${password}` },
})
const make = { password: () => 'generated', keys }
const answers = {
  mode: 'watch',
  flavour: 'freepbx',
  ariUrl: 'http://127.0.0.1:8088',
  ariUser: 'callweave',
  administrator: { login: 'admin', password: 'secret' },
  crmUrl: 'https://acme.amocrm.ru',
  crmToken: 'token',
}

test('given no configuration, when completed, then what was told stands there, passwords are made, the administrator’s is hashed', () => {
  const { config, added } = complete({}, { ...answers, database: { host: '127.0.0.1', port: 3306 } }, make)
  expect(config).toEqual({
    service: { mode: 'watch' },
    webserver: { administrators: [{ login: 'admin', ...keys('admin', 'secret') }] },
    asterisk: { flavour: 'freepbx', ari: { url: 'http://127.0.0.1:8088', user: 'callweave', password: 'generated' } },
    database: { host: '127.0.0.1', port: 3306, password: 'generated' },
    crm: { url: 'https://acme.amocrm.ru', token: 'token' },
  })
  expect(added).toContain('asterisk.ari.password')
})

test('given a configuration, when completed with other answers, then what is there stays and only the gaps are filled', () => {
  const before = {
    service: { mode: 'on', pbx: 'kazan' },
    asterisk: { ari: { user: 'mine', password: 'of-my-own' } },
    crm: { url: 'https://mine.amocrm.ru', token: 'mine' },
    lines: [{ did: '7001' }],
  }
  const { config, added } = complete(before, answers, make)
  expect(config).toMatchObject(before)
  expect(added).toEqual(['webserver.administrators', 'asterisk.flavour', 'asterisk.ari.url'])
})

test('given a completed configuration, when completed again, then nothing is added and it is the same', () => {
  const once = complete({}, answers, make).config
  const twice = complete(once, { ...answers, crmToken: 'another' }, make)
  expect(twice.added).toEqual([])
  expect(twice.config).toBe(once)
})

test('given what a person was not asked yet, when looked at, then it is named; an empty list of administrators counts', () => {
  expect(unanswered({})).toEqual(['crm.url', 'crm.token', 'webserver.administrators'])
  expect(unanswered({ crm: { url: 'u', token: 't' }, webserver: { administrators: [] } })).toEqual([
    'webserver.administrators',
  ])
  expect(unanswered(complete({}, answers, make).config)).toEqual([])
})

test('given something else where a section belongs, when completed, then it is refused and not thrown away', () => {
  expect(() => complete({ crm: 'acme' }, answers, make)).toThrow(/"crm" must be a section/)
})

test('given an integration that is authorised by OAuth, when completed, then no token is asked for or added', () => {
  const before = complete({}, { ...answers, crmToken: undefined }, make).config
  const oauth = { clientId: 'id', clientSecret: 'secret', redirectUri: 'https://pbx.example.com/amo' }
  const config = { ...before, crm: { url: 'https://acme.amocrm.ru', oauth } }
  expect(unanswered(config)).toEqual([])
  expect(complete(config, answers, make).config).toBe(config)
})
