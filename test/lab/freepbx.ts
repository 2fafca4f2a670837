import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { EXTENSIONS } from './ports.ts'
import type { AsteriskVersion } from './root-fs.ts'
import { renderTemplate } from './template.ts'

export type WebPbx = 'freepbx' | 'issabel'

export interface WebPbxOptions {
  readonly pbx: WebPbx
  readonly version: AsteriskVersion
  /** The administrator has made a Custom Destination of our context and let routes 7002 and 7004 go there. */
  readonly customDestination: boolean
}

const MODEL = join(import.meta.dirname, 'asterisk/freepbx')

/** Lays a PBX of the FreePBX family over a lab's configuration: 17 by Gosub on Asterisk 22, up to 16 and Issabel by Macro on 16. */
export async function layWebPbx(root: string, options: WebPbxOptions): Promise<void> {
  const etc = join(root, 'etc/asterisk')
  const model = async (name: string) => writtenOut(await readFile(join(MODEL, name), 'utf8'), options)
  for (const name of ['extensions.conf', 'extensions_custom.conf', 'queues.conf', 'voicemail.conf'])
    await writeFile(join(etc, name), await model(name))
  await writeFile(join(etc, overrideFile(options.pbx)), await model('extensions_override.conf'))
  await generate(etc, options)
  await primeAstDb(join(root, 'var/lib/asterisk'))
}

/** What the web page does when changes are applied: writes the generated dialplan anew. */
export async function generate(etc: string, options: WebPbxOptions): Promise<void> {
  const parts = ['extensions_additional.conf', `recording.${options.pbx}.conf`]
  if (options.customDestination) parts.push(`custom-destination.${options.pbx}.conf`)
  const texts = await Promise.all(parts.map((name) => readFile(join(MODEL, name), 'utf8')))
  await writeFile(join(etc, 'extensions_additional.conf'), writtenOut(texts.join(''), options))
}

const overrideFile = (pbx: WebPbx) => `extensions_override_${pbx === 'issabel' ? 'issabelpbx' : 'freepbx'}.conf`

function writtenOut(text: string, { pbx, version, customDestination }: WebPbxOptions): string {
  const ways = { freepbx: 'customdests,dest-1,1', issabel: 'callweave-to,ext-group*600,1' }
  const values = { overrideFile: overrideFile(pbx), openDestination: customDestination ? ways[pbx] : 'ext-group,600,1' }
  const routed = renderTemplate(text, values).replace(
    /^ROUTE\(([^,]+),(\w+),(.*)\)$/gm,
    (_, did, policy, destination) => inboundRoute(pbx, did, policy, destination),
  )
  return version === '22' ? byGosub(routed) : byMacro(routed)
}

/** The steps every inbound route has, with what the blacklist and recording modules put in front (reference ari.md 6.2). */
function inboundRoute(pbx: WebPbx, did: string, policy: string, destination: string): string {
  const forced = policy === 'force' ? 'force,$' + '{EXTEN},always' : undefined
  const recording = pbx === 'freepbx' ? `in,$\{EXTEN},${policy}` : forced
  return [
    `exten => ${did},1,NoOp(route)`,
    ...(recording === undefined ? [] : [` same => n,Gosub(sub-record-check,s,1(${recording}))`]),
    ' same => n,Gosub(app-blacklist-check,s,1)',
    ' same => n,Set(__DIRECTION=$' + '{IF($["$' + '{DIRECTION}" = ""]?INBOUND:$' + '{DIRECTION})})',
    ' same => n,Set(__FROM_DID=$' + '{EXTEN})',
    ' same => n(did),Set(CDR(did)=$' + '{FROM_DID})',
    ' same => n(callerid),ExecIf($["$' + '{CALLERID(name)}" = ""]?Set(CALLERID(name)=$' + '{CALLERID(num)}))',
    ` same => n(dest-ext),Goto(${destination})`,
  ].join('\n')
}

function byMacro(text: string): string {
  return text
    .replace(/\bMACRO(?:EXIT|RETURN)\(\)/g, 'MacroExit()')
    .replace(/\bMACRO\(/g, 'Macro(')
    .replace(/\bONANSWER\(([\w-]+)\)/g, 'M($1)')
    .replace(/\bDIAL(?:ONE|TRUNK)\(/g, 'Dial(')
}

function byGosub(text: string): string {
  return text
    .replaceAll('MACROEXIT()', 'Return()')
    .replaceAll('MACRORETURN()', 'Return($' + '{GOSUB_RETVAL})')
    .replace(/\bMACRO\(([\w-]+)(?:,(.*))?\)$/gm, (_, name, args) => `Gosub(macro-${name},s,1(${args ?? ''}))`)
    .replace(/\bONANSWER\(([\w-]+)\)/g, 'U(macro-$1)')
    .replace(/\bDIALONE\(\$\{DSTRING\},(.*)\)$/gm, 'Gosub(dialOne-with-exten,$' + '{DEXTEN},1($1))')
    .replace(/\bDIALTRUNK\((.*)\)$/gm, 'Gosub(trunk-dial-with-exten,$' + '{OUTNUM},1($1))')
}

/** Asterisk's own database, as the web page fills it when extensions are made. */
async function primeAstDb(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true })
  using database = new DatabaseSync(join(directory, 'astdb.sqlite3'))
  database.exec('CREATE TABLE IF NOT EXISTS astdb(key VARCHAR(256), value VARCHAR(256), PRIMARY KEY(key))')
  const insert = database.prepare('INSERT INTO astdb VALUES (?, ?)')
  for (const extension of EXTENSIONS) {
    insert.run(`/DEVICE/${extension}/user`, extension)
    insert.run(`/DEVICE/${extension}/dial`, `PJSIP/${extension}`)
    insert.run(`/AMPUSER/${extension}/device`, extension)
    insert.run(`/AMPUSER/${extension}/cidname`, `Person ${extension}`)
    insert.run(`/AMPUSER/${extension}/recording/in/external`, 'dontcare')
  }
}
