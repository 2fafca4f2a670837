import { z } from 'zod'
import { hasNoUser, port, secret, timeZone } from '../values.ts'

const folder = z.string().regex(/^\//, 'an absolute path')
const file = z.string().regex(/^\//, 'an absolute path')

/** Either https, or http that does not leave this machine. */
const safeAddress = z
  .string()
  .refine(isSafe, { error: 'an https address (http only on 127.0.0.1)', abort: true })
  .refine(hasNoUser, 'an address without user and password')

const Sftp = z
  .strictObject({
    host: z
      .string()
      .regex(/^[\w.:][\w.:-]*$/, 'a host name or an address')
      .describe('The PBX.'),
    port: port.default(22).describe('Its SSH port.'),
    user: z
      .string()
      .regex(/^[\w.][\w.-]*$/, 'a login')
      .default('callweave')
      .describe('A user there who may read the recordings.'),
    key: file.describe('Private key without a passphrase, readable for the service only.'),
    knownHosts: file.describe('File with the host key of the PBX: ssh-keyscan PBX > FILE, then compare it there.'),
  })
  .describe('The PBX by SFTP, with the program sftp of OpenSSH.')

const Https = z
  .strictObject({
    url: safeAddress
      .refine((url) => url.includes('{path}'), 'an address with {path} in it')
      .describe('Where a recording lies; {path} is its path below the directory.'),
    user: z.string().default('').describe('User for basic authentication; empty: none.'),
    password: secret.optional().describe("That user's password."),
    ca: file.optional().describe('PEM of the authority that signed the certificate, when it is a private one.'),
  })
  .describe('The PBX, or another server, by HTTPS.')

const Query = z
  .strictObject({
    sql: z
      .string()
      .regex(/^\s*select\b[^;]*;?\s*$/i, 'one SELECT')
      .describe(
        'One SELECT; its first column is an https address or a path. :id, :linkedid, :uniqueid (all the same), :client and :line are bound.',
      ),
    host: z.string().min(1).optional().describe('MySQL/MariaDB server; left out: as in the section database.'),
    port: port.optional().describe('Its port.'),
    user: z.string().min(1).optional().describe('A user who may read.'),
    password: secret.optional().describe("That user's password."),
    name: z.string().min(1).optional().describe('Database.'),
    seconds: z.number().min(0.5).max(60).default(5).describe('How long the query may take.'),
  })
  .describe('The storage of recordings is asked by SQL.')

const base = z.strictObject({
  publicUrl: safeAddress
    .optional()
    .describe(
      "What browsers on the CRM's pages reach this service by, like https://pbx.example.com:8078. Left out: no links in notes.",
    ),
  source: z
    .enum(['files', 'sftp', 'https', 'link', 'query'])
    .default('files')
    .describe(
      'files: on this machine or mounted. sftp, https: fetched from the PBX. link: stored elsewhere, the link is made by a template. query: stored elsewhere, found by SQL.',
    ),
  directory: folder
    .default('/var/spool/asterisk/monitor')
    .describe('Where the PBX keeps recordings, as the PBX names it. Nothing above it is ever opened.'),
  otherDirectories: z
    .array(folder)
    .default(['/var/spool/asterisk/recording'])
    .describe('More places of recordings, as the PBX names them.'),
  path: z
    .string()
    .refine(
      (path) => onlyKnows(path, ['directory', 'year', 'month', 'day', 'file']),
      'a path of {directory}, {year}, {month}, {day}, {file}',
    )
    .refine((path) => path.includes('{file}'), 'a path with {file} in it')
    .default('{directory}/{year}/{month}/{day}/{file}')
    .describe('Where a recording lies that is known by its name only.'),
  timeZone: timeZone
    .optional()
    .describe("The PBX's zone: the day in a path is that of the call there. Left out: this machine's."),
  mounts: z
    .array(
      z.strictObject({
        pbx: folder.describe('A folder as the PBX names it.'),
        here: folder.describe('The same folder as this machine sees it.'),
      }),
    )
    .default([])
    .describe("For source files beside the PBX: where the PBX's folders are mounted."),
  sftp: Sftp.optional(),
  https: Https.optional(),
  link: z
    .string()
    .refine((link) => isSafe(link.replaceAll(/[{}]/g, '')), 'an https address')
    .refine(
      (link) => onlyKnows(link, ['id', 'file', 'client', 'line', 'year', 'month', 'day']),
      'an address of {id}, {file}, {client}, {line}, {year}, {month}, {day}',
    )
    .optional()
    .describe('For source link: https://storage.example.com/{id}.mp3'),
  query: Query.optional(),
  stableSeconds: z
    .number()
    .min(0.5)
    .max(60)
    .default(2)
    .describe('A recording counts as finished when it has not changed for so long.'),
  waitSeconds: z
    .number()
    .min(1)
    .max(86_400)
    .default(300)
    .describe('How long after a call its recording may still come; then it counts as gone.'),
  converter: z
    .enum(['auto', 'ffmpeg', 'sox', 'lame'])
    .default('auto')
    .describe('What makes MP3; auto: the first of these that is installed.'),
  convertSeconds: z.number().min(5).max(3_600).default(120).describe('How long making one MP3 may take.'),
  cacheDirectory: folder
    .optional()
    .describe("Where made MP3 files are kept; left out: in the service's own directory."),
  cacheMegabytes: z
    .int()
    .min(10)
    .max(10_000_000)
    .default(2_000)
    .describe('How much is kept; what nobody listened to for longest goes first.'),
})

export const Recordings = base
  .superRefine((section, ctx) => {
    const { source } = section
    if (source !== 'files' && section[source] === undefined)
      ctx.addIssue({
        code: 'custom',
        path: [source],
        message: `a section "${source}" when recordings.source is "${source}"`,
      })
  })
  .describe('Recordings of calls: where they are and how managers hear them.')

function isSafe(address: string): boolean {
  const url = URL.parse(address)
  if (url?.protocol === 'https:') return true
  return url?.protocol === 'http:' && /^(127\.\d+\.\d+\.\d+|localhost)$/.test(url.hostname)
}

function onlyKnows(template: string, names: readonly string[]): boolean {
  return [...template.matchAll(/\{([^}]*)\}?/g)].every(([, name = '']) => names.includes(name))
}
