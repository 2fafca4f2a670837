import { type Lab, startLab } from './lab.ts'
import { LabError } from './lab-error.ts'
import { ensureDataTemplate } from './maria-db.ts'
import { EXTENSIONS, SLOTS } from './ports.ts'
import { type AsteriskVersion, ensureRootFs } from './root-fs.ts'
import { cleanSlots } from './slot.ts'

const USAGE = `usage: node test/lab/main.ts up [--asterisk 16|22] [--slot 0…4]   a lab in the foreground, Ctrl-C ends it
       node test/lab/main.ts down                                 ends what killed labs left behind
       node test/lab/main.ts build                                builds the root file systems and the empty database`

const say = (line: string) => console.log(`lab: ${line}`)

async function main(args: readonly string[]): Promise<void> {
  switch (args[0]) {
    case 'up':
      return up(args)
    case 'down':
      for (const line of await cleanSlots()) say(line)
      return
    case 'build':
      for (const version of ['22', '16'] as const) await ensureRootFs(version, { log: say })
      await ensureDataTemplate({ log: say })
      return
    default:
      throw new LabError(USAGE)
  }
}

async function up(args: readonly string[]): Promise<void> {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())
  const slot = slotOf(optionOf(args, '--slot'))
  const asterisk = versionOf(optionOf(args, '--asterisk') ?? '22')
  await using lab = await startLab({ asterisk, log: say, signal: stop.signal, ...(slot === undefined ? {} : { slot }) })
  for (const line of addresses(lab)) say(line)
  const { promise, resolve } = Promise.withResolvers<void>()
  // Listening to a signal keeps no process alive, a timer does.
  const alive = setInterval(() => {}, 60_000)
  if (stop.signal.aborted) resolve()
  stop.signal.addEventListener('abort', () => resolve())
  await promise
  clearInterval(alive)
  say('ending …')
}

function addresses(lab: Lab): string[] {
  const { ari, database, ports } = lab
  return [
    `ARI        ${ari.url}/ari  user ${ari.user}  password ${ari.password}`,
    `MariaDB    ${database.host}:${database.port}/${database.database}  user ${database.user}  password ${database.password}`,
    `SIP        127.0.0.1:${ports.sip}  phones ${EXTENSIONS.join(' ')}  trunk from ports ${ports.trunkCallers[0]}…, to port ${ports.trunkCallee}`,
    `dialplan   ${lab.etcAsterisk}`,
    `spool      ${lab.spool}`,
    `Asterisk   ${lab.version}, process ${lab.asteriskPid}`,
  ]
}

function optionOf(args: readonly string[], name: string): string | undefined {
  const at = args.indexOf(name)
  return at < 0 ? undefined : (args[at + 1] ?? '')
}

function versionOf(text: string): AsteriskVersion {
  if (text === '16' || text === '22') return text
  throw new LabError(USAGE)
}

function slotOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const slot = SLOTS.find((known) => String(known) === text)
  if (slot === undefined) throw new LabError(USAGE)
  return slot
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const aborted = error instanceof Error && error.name === 'AbortError'
  if (!aborted) console.error(error instanceof LabError ? error.message : error)
  process.exitCode = aborted ? 130 : 1
}
