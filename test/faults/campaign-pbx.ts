import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SmallDisk, smallDisk } from '../e2e/_small-disk.ts'
import { ChildProcesses } from '../lab/child-processes.ts'
import type { AsteriskVersion } from '../lab/root-fs.ts'
import { SippTrunk, type TrunkCallee } from '../lab/trunk.ts'
import { type Stage, setStage } from '../stage/stage.ts'
import { startTcpProxy, type TcpProxy } from '../stage/tcp-proxy.ts'
import type { Plan } from './campaign-plan.ts'

/** Lines of the campaign, by what happens to their calls. */
export const dids = { answered: '7920', endedByPbx: '7921', silent: '7922', refused: '7923' } as const

export const DEFAULT_USER = 7_000_001
/** Ten phones that answer and ten that ring for ever; the last digit of a client's number says whose it is. */
const answering = Array.from({ length: 10 }, (_, digit) => `11${digit}`)
const silent = Array.from({ length: 10 }, (_, digit) => `12${digit}`)
export const userOf = (extension: string): number => 7_000_000 + Number(extension)
/** Who of the CRM's clients belongs to whom: not to the phone the dialplan would ring. */
export const ownerOf = (known: string): string => `11${(Number(known.at(-1)) + 3) % 10}`

/** A stage whose every part can be harmed. */
export interface CampaignPbx extends AsyncDisposable {
  readonly stage: Stage
  readonly ari: TcpProxy
  readonly disk: SmallDisk
  /** The phones that answer and the outside world, and when its log began, epoch ms. */
  readonly callee: TrunkCallee
  readonly calleeSince: number
}

export interface CampaignPbxOptions {
  readonly asterisk: AsteriskVersion
  readonly plan: Plan
  readonly log: (line: string) => void
  readonly signal: AbortSignal
}

export async function setCampaignPbx({ asterisk, plan, log, signal }: CampaignPbxOptions): Promise<CampaignPbx> {
  await using parts = new AsyncDisposableStack()
  const directory = await mkdtemp(join(tmpdir(), 'callweave-campaign-'))
  parts.defer(() => rm(directory, { recursive: true, force: true }))
  const state = join(directory, 'state')
  await mkdir(state)
  const disk = parts.use(await smallDisk(state, 48))
  const ari = parts.use(await startTcpProxy())
  const people = [...answering, ...silent].map((extension) => ({
    ...{ extension, name: `Person ${extension}`, user: userOf(extension), token: `card-token-of-person-${extension}` },
  }))
  const known = plan.calls.flatMap(({ kind, numbers }) => (kind === 'known' ? numbers : []))
  const stage = parts.use(
    await setStage({
      ...{ asterisk, log, signal, cel: asterisk === '16' ? 'freepbx' : 'fractions' },
      sandbox: {
        queryLagMs: 1_000,
        seed(hands) {
          for (const { name, user } of people) hands.addUser({ name, id: user })
          for (const phone of known)
            hands.addContact({ name: `Клиент ${phone}`, phones: [phone], owner: userOf(ownerOf(phone)) })
        },
      },
      config: {
        service: { directory: state },
        asterisk: { ari: { url: `http://127.0.0.1:${ari.port}`, user: 'callweave', password: 'lab-secret' } },
        staff: { internal: '^1\\d\\d$', people },
        lines: [
          { did: dids.answered, routing: { on: true } },
          { did: dids.endedByPbx, routing: { on: true } },
          { did: dids.silent, routing: { on: false } },
          { did: dids.refused, routing: { on: false } },
        ],
        rules: { defaultUser: DEFAULT_USER },
      },
    }),
  )
  const { lab } = stage
  ari.target(lab.ports.ari)
  const silentPort = lab.ports.trunkCallee + 1
  await appendFile(join(lab.etcAsterisk, 'extensions.conf'), dialplan)
  await appendFile(
    join(lab.etcAsterisk, 'pjsip.conf'),
    `${template}${endpoints(answering, lab.ports.trunkCallee)}${endpoints(silent, silentPort)}`,
  )
  await lab.reload()
  const calleeSince = Date.now()
  const callee = parts.use(await lab.trunk.answerWith('answer', { ringMs: 150 }))
  const deaf = parts.use(
    new SippTrunk({
      directory: join(directory, 'silent-phones'),
      // Media ports of its own: of two that want the same, one SIPp ends.
      ports: { ...lab.ports, trunkCallee: silentPort, trunkMedia: lab.ports.trunkMedia + 180 },
      processes: new ChildProcesses(join(directory, 'pids')),
      audioFile: '',
    }),
  )
  await deaf.answerWith('answer', { ringMs: 60_000 })
  const closing = parts.move()
  return { stage, ari, disk, callee, calleeSince, [Symbol.asyncDispose]: () => closing.disposeAsync() }
}

/** `S()`: the PBX hangs up after so many seconds, by the digit before the last: `pbxHangsUpAfter`. */
const hangsUp = (number: string): string => `S($[\${${number}:-2:1} % 4 + 1])`
const dialplan = `
[default-route](+)
exten => ${dids.answered},1,Dial(PJSIP/11\${CALLERID(num):-1},20)
 same => n,Hangup()
exten => ${dids.endedByPbx},1,Dial(PJSIP/11\${CALLERID(num):-1},20,${hangsUp('CALLERID(num)')})
 same => n,Hangup()
exten => ${dids.silent},1,Dial(PJSIP/12\${CALLERID(num):-1},20)
 same => n,Hangup()
exten => ${dids.refused},1,Hangup(17)

[campaign-out]
exten => _[+0-9].,1,Dial(PJSIP/\${EXTEN}@trunk,30,${hangsUp('EXTEN')})
 same => n,Hangup()
`

const template = `
[campaign-phone](!)
type=endpoint
context=from-internal
disallow=all
allow=alaw
direct_media=no
`

function endpoints(extensions: readonly string[], port: number): string {
  return extensions
    .map(
      (extension) => `
[${extension}](campaign-phone)
aors=${extension}
callerid="Person ${extension}" <${extension}>
[${extension}]
type=aor
contact=sip:${extension}@127.0.0.1:${port}
`,
    )
    .join('')
}
