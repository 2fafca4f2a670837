import { expect, test } from 'vitest'
import { readAriTemplate, renderAriConf } from './ari-conf.ts'
import { SettingError } from './setting-error.ts'

const rendered = (user: string, password: string) => renderAriConf({ user, password }, readAriTemplate)

test('given user and password, when ari.conf is rendered, then Asterisk reads these keys and no others', () => {
  const obeyed = rendered('callweave', 'Se#cr=et{{x}}')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(';'))
  expect(obeyed).toEqual([
    '[general](+)',
    'enabled=yes',
    'channelvars=CHANNEL(linkedid),CALLERID(dnid),FROM_DID,MIXMONITOR_FILENAME,VMSTATUS,CALLWEAVE_SKIP',
    'websocket_write_timeout=5000',
    '[callweave]',
    'type=user',
    'read_only=no',
    'password_format=plain',
    'password=Se#cr=et{{x}}',
  ])
})

test('given the drop-ins, when their first line is read, then it says who reads them', () => {
  expect(rendered('callweave', 'x').split('\n', 1)[0]).toMatch(/^; Callweave: read by ari\.conf/)
})

test.each([
  ['a section of ari.conf itself', 'general', 'x'],
  ['a name that ends the section', 'a]\n[b', 'x'],
  ['a password that would be cut at the semicolon', 'u', 'abc;def'],
  ['a password of two lines', 'u', 'abc\nread_only=yes'],
  ['a password with a space at its end', 'u', 'abc '],
  ['no password', 'u', ''],
])('given %s, when ari.conf is rendered, then it is refused', (_what, user, password) => {
  expect(() => rendered(user, password)).toThrow(SettingError)
})
