import { z } from 'zod'
import { ConfigFile } from './schema.ts'
import { kindsOfCall } from './sections/rules.ts'

/** A node of the JSON schema that zod draws of the configuration. */
interface Node {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, Node>>
  readonly items?: Node
  /** The keys below are explained there. */
  readonly sameAs?: string
}

/** Values a default cannot give: what only the owner of the PBX knows. Keys are paths; `[]` stands for a list's one entry. */
const samples: Readonly<Record<string, unknown>> = {
  'webserver.administrators[].login': 'admin',
  'webserver.administrators[].passwordHash': 'CHANGE-ME-callweave-setup-makes-it',
  // `callweave setup` makes it.
  'webserver.administrators[].digest': undefined,
  'webserver.statusToken': 'CHANGE-ME-16-characters-or-more',
  'webserver.pbxToken': 'CHANGE-ME-16-characters-or-more',
  'webserver.https.certificate': '/etc/callweave/certificate.pem',
  'webserver.https.key': '/etc/callweave/key.pem',
  'asterisk.ari.password': 'CHANGE-ME',
  'asterisk.trunks': ['trunk'],
  'database.password': 'CHANGE-ME',
  'database.timeZone': 'Europe/Moscow',
  'crm.url': 'https://acme.amocrm.ru',
  'crm.token': 'CHANGE-ME',
  // In place of the token: who needs it finds it in the reference.
  'crm.oauth': undefined,
  'hours.timeZone': 'Europe/Moscow',
  'hours.holidays': ['01-01'],
  'lines[].hours.timeZone': 'Europe/Moscow',
  'lines[].hours.holidays': ['01-01'],
  ...Object.fromEntries(
    ['hours.week', 'lines[].hours.week', 'staff.people[].hours.week'].flatMap((week) =>
      ['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [`${week}.${day}`, ['09:00-18:00']]),
    ),
  ),
  'staff.internal': '^1\\d\\d$',
  'staff.people[].extension': '101',
  'staff.people[].name': 'Анна Смирнова',
  'staff.people[].user': 7_000_001,
  'staff.people[].mobiles': ['+79990001122'],
  'staff.people[].token': 'CHANGE-ME-16-characters-or-more',
  'lines[].did': '74951234567',
  'lines[].label': 'Advertising',
  'lines[].routing.extensions': ['101'],
  'lines[].routing.whenUnanswered': 'ext-queues,700,1',
  'staff.people[].hours.timeZone': 'Europe/Moscow',
  'staff.people[].hours.holidays': ['01-01'],
  'staff.mobilesFile': '/etc/callweave/mobiles.txt',
  'clickToCall.dialOut': [],
  ...Object.fromEntries(
    kindsOfCall.flatMap((kind) =>
      ['stages', 'contactFields', 'leadFields'].map((list) => [`rules.${kind}.${list}`, []]),
    ),
  ),
  'rules.defaultUser': 7_000_001,
  'alerts.webhook.url': 'https://monitoring.example.com/callweave',
  'alerts.webhook.token': 'CHANGE-ME',
  'alerts.telegram.token': 'CHANGE-ME',
  'alerts.telegram.chat': '-1001234567890',
  'testCall.at': '04:30',
  'recordings.publicUrl': 'https://pbx.example.com:8078',
  'recordings.timeZone': 'Europe/Moscow',
  'recordings.mounts': [{ pbx: '/var/spool/asterisk/monitor', here: '/mnt/pbx/monitor' }],
  'recordings.sftp.host': '192.168.1.10',
  'recordings.sftp.key': '/etc/callweave/pbx-key',
  'recordings.sftp.knownHosts': '/etc/callweave/pbx-known-hosts',
  'recordings.https.url': 'https://192.168.1.10/recordings/{path}',
  'recordings.https.user': 'callweave',
  'recordings.https.password': 'CHANGE-ME',
  'recordings.https.ca': '/etc/callweave/pbx-ca.pem',
  'recordings.link': 'https://storage.example.com/{id}.mp3',
  'recordings.query.sql': 'SELECT url FROM recordings WHERE uniqueid = :uniqueid',
  'recordings.query.host': '127.0.0.1',
  'recordings.query.port': 3306,
  'recordings.query.user': 'callweave',
  'recordings.query.password': 'CHANGE-ME',
  'recordings.query.name': 'recordings',
  'recordings.cacheDirectory': '/var/lib/callweave/recordings',
  'hooks.directory': '/etc/callweave/hooks',
}

/** The example file: every key of the schema once, with its default or a sample. */
export function exampleConfig(): string {
  return `${JSON.stringify(sample(tree(), ''), null, 2)}\n`
}

/** The reference: every key, what it means, what is allowed, what holds when it is left out. Markdown. */
export function configReference(): string {
  return [
    '# Configuration',
    '',
    'One JSON file, `/etc/callweave/config.json`, mode 0600. This page and `config.example.json` are generated from the schema the service checks the file with (`npm run config:example`).',
    'A wrong file stops the start with a list of every wrong key.',
    '',
    '| key | meaning | allowed | when left out |',
    '|---|---|---|---|',
    ...rows(tree(), '', true),
    '',
  ].join('\n')
}

function tree(): Node {
  return z.toJSONSchema(ConfigFile, { io: 'input', unrepresentable: 'any' }) as Node
}

function sample(node: Node, path: string): unknown {
  if (path in samples) return samples[path]
  if (node.sameAs !== undefined) return node.default
  if (node.properties) {
    return Object.fromEntries(
      Object.entries(node.properties).map(([key, child]) => [key, sample(child, path ? `${path}.${key}` : key)]),
    )
  }
  if (node.items?.properties) return [sample(node.items, `${path}[]`)]
  return node.default
}

/** The kinds of call have the same keys: told once, and of the others what differs. */
const [firstKind = '', ...laterKinds] = kindsOfCall.map((kind) => `rules.${kind}`)
const toldOnce = new Map(laterKinds.map((path) => [path, `As \`${firstKind}\`, but:`]))

function differing(path: string): readonly string[] {
  const first = allRows(nodeAt(firstKind), firstKind, true).map((line) => line.replaceAll(`${firstKind}`, path))
  return allRows(nodeAt(path), path, true)
    .filter((line) => !first.includes(line))
    .slice(1)
}

function nodeAt(path: string): Node {
  return path.split('.').reduce((node, key) => node.properties?.[key] ?? {}, tree())
}

function rows(node: Node, path: string, required: boolean): readonly string[] {
  const told = toldOnce.get(path)
  if (told === undefined) return allRows(node, path, required)
  return [row({ ...node, description: `${node.description} ${told}` }, path, required), ...differing(path)]
}

function allRows(node: Node, path: string, required: boolean): readonly string[] {
  const own = path === '' ? [] : [row(node, path, required)]
  if (node.sameAs !== undefined) return own
  const children = Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
    rows(child, path ? `${path}.${key}` : key, node.required?.includes(key) ?? false),
  )
  const entries = node.items?.properties ? rows({ ...node.items, description: '' }, `${path}[]`, true).slice(1) : []
  return [...own, ...children, ...entries]
}

function row(node: Node, path: string, required: boolean): string {
  const absent = node.properties
    ? ''
    : required
      ? '**must be given**'
      : node.default === undefined
        ? '–'
        : code(node.default)
  const cells = [`\`${path}\``, node.description ?? '', allowed(node), absent]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function allowed(node: Node): string {
  if (node.enum) return node.enum.map(code).join(', ')
  if (node.properties) return ''
  if (node.type === 'array') return 'a list'
  if (node.type === 'boolean') return 'true, false'
  if (node.type === 'integer' || node.type === 'number') return range(node)
  if (node.format === 'uri') return 'an http(s) address'
  return node.pattern ? `text like ${code(node.pattern)}` : 'text'
}

function range(node: Node): string {
  const word = node.type === 'integer' ? 'a whole number' : 'a number'
  const to = node.maximum !== undefined && node.maximum < Number.MAX_SAFE_INTEGER ? ` to ${node.maximum}` : ''
  return node.minimum !== undefined ? `${word}, ${node.minimum}${to || ' or more'}` : word + to
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}
