import { expect, test } from 'vitest'
import { Recordings } from './sections/recordings.ts'

const trouble = (section: unknown) =>
  (Recordings.safeParse(section).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`)

test('given nothing said of recordings, then they lie where FreePBX puts them and no link is given', () => {
  const { publicUrl, source, directory, path } = Recordings.parse({})
  expect({ publicUrl, source, directory, path }).toEqual({
    publicUrl: undefined,
    source: 'files',
    directory: '/var/spool/asterisk/monitor',
    path: '{directory}/{year}/{month}/{day}/{file}',
  })
})

test.each([
  [{ source: 'sftp' }, 'sftp: a section "sftp" when recordings.source is "sftp"'],
  [{ source: 'link' }, 'link: a section "link" when recordings.source is "link"'],
  [{ publicUrl: 'http://pbx.example.com' }, 'publicUrl: an https address (http only on 127.0.0.1)'],
  [{ publicUrl: 'https://u:p@pbx.example.com' }, 'publicUrl: an address without user and password'],
  [{ path: '/m/{hour}/{file}' }, 'path: a path of {directory}, {year}, {month}, {day}, {file}'],
  [{ path: '/m/all' }, 'path: a path with {file} in it'],
  [{ directory: 'monitor' }, 'directory: an absolute path'],
  [{ https: { url: 'https://pbx/rec/' } }, 'https.url: an address with {path} in it'],
  [{ https: { url: 'http://pbx/rec/{path}' } }, 'https.url: an https address (http only on 127.0.0.1)'],
  [
    { link: 'https://s.example.com/{uniqueid}' },
    'link: an address of {id}, {file}, {client}, {line}, {year}, {month}, {day}',
  ],
  [{ query: { sql: 'DELETE FROM recordings' } }, 'query.sql: one SELECT'],
  [{ query: { sql: 'SELECT 1; DROP TABLE cdr' } }, 'query.sql: one SELECT'],
  [{ sftp: { host: '-oProxyCommand=x', key: '/k', knownHosts: '/h' } }, 'sftp.host: a host name or an address'],
])('given %j, then it is refused with what is allowed', (section, says) => {
  expect(trouble(section)).toContain(says)
})
