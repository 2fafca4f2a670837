import type { BridgeClass, BridgeFacts, CallEvent, ChannelFacts, HangupSide } from '../../../src/calls/call-event.ts'
import type { Command } from './commands.ts'
import { subjectsOf } from './permuted.ts'

/** Whether channels tell their linkedid (`channelvars` in `ari.conf`). */
export interface PbxOptions {
  readonly linkedids: boolean
  /** Makes ids and names unlike another world's. */
  readonly prefix?: string
  /** Nothing happens twice to those who have to do with each other within one millisecond: what follows from something comes later. */
  readonly unhurried?: boolean
}

interface Channel {
  readonly id: string
  readonly name: string
  linkedid: string
  state: string
  number: string
  exten: string
  app: string
  skipped: boolean
  bridge: BridgeFacts | undefined
  held: boolean
  /** The other half of a Local pair. */
  half: Channel | undefined
  dialler: Channel | undefined
}

const START = Date.parse('2026-11-20T09:00:00Z')
/** 105's mobile is known, see `tell.ts`. */
const NUMBERS = ['+79221532327', '89161112233', '+79990001122', '74955550101', '']
const EXTENSIONS = ['101', '102', '103', '104', '105']
const CAUSES = [16, 17, 1, 19, 26, 0, 34, 127]
const APPS = ['VoiceMail', 'Playback', 'Queue', 'Busy', 'Dial', 'Hangup', 'Background']
const ROOMS: readonly BridgeClass[] = ['conference', 'parking', 'holding', 'stasis']

/** What a PBX publishes while these commands happen. Everybody hangs up at the end, and time goes on until all is settled. */
export function publishedBy(commands: readonly Command[], options: PbxOptions): readonly CallEvent[] {
  const { linkedids, prefix = '', unhurried = false } = options
  const events: CallEvent[] = []
  const live: Channel[] = []
  let at = START
  let made = 0

  const pick = <T>(from: readonly T[], index: number): T | undefined => from[index % Math.max(1, from.length)]
  const facts = (channel: Channel): ChannelFacts => ({
    id: channel.id,
    name: channel.name,
    state: channel.state,
    ...(linkedids && { linkedid: channel.linkedid }),
    ...(channel.number !== '' && { callerNumber: channel.number }),
    exten: channel.exten,
    app: channel.app,
    ...(channel.skipped && { skipped: true as const }),
  })
  const say = (event: CallEvent): void => void events.push(event)
  const seen = (channel: Channel): void => say({ kind: 'channel-seen', at, channel: facts(channel) })

  function create(endpoint: string, born: 'arriving' | 'dialled', by: Channel | undefined, rest: Partial<Channel>) {
    made += 1
    const id = `${prefix}1795164${String(made).padStart(3, '0')}.${made}`
    const channel: Channel = {
      ...{ id, name: `${endpoint}-${prefix}${made.toString(16).padStart(8, '0')}`, linkedid: by?.linkedid ?? id },
      ...{
        state: born === 'dialled' ? 'Down' : 'Ring',
        number: '',
        exten: 's',
        app: '',
        skipped: by?.skipped ?? false,
      },
      ...{ bridge: undefined, held: false, half: undefined, dialler: by, ...rest },
    }
    live.push(channel)
    say({ kind: 'channel-created', at, channel: facts(channel), born })
    return channel
  }

  function dial(caller: Channel, peer: Channel, dialstring: string, status = ''): void {
    say({ kind: 'dial', at, caller: facts(caller), peer: facts(peer), dialstring, status })
  }

  function enter(channel: Channel, bridge: BridgeFacts): void {
    leave(channel)
    channel.bridge = bridge
    say({ kind: 'bridge-entered', at, channel: facts(channel), bridge })
  }

  function leave(channel: Channel): void {
    const { bridge } = channel
    if (!bridge) return
    channel.bridge = undefined
    say({ kind: 'bridge-left', at, channel: facts(channel), bridge })
    if (!live.some((each) => each.bridge?.id === bridge.id)) say({ kind: 'bridge-gone', at, bridge })
  }

  function hangUp(channel: Channel, cause: number, by: HangupSide | undefined): void {
    if (by) say({ kind: 'hangup-requested', at, channel: facts(channel), by })
    leave(channel)
    live.splice(live.indexOf(channel), 1)
    say({ kind: 'channel-gone', at, channel: facts(channel), cause })
  }

  const newBridge = (kind: BridgeClass): BridgeFacts => {
    made += 1
    return { id: `${prefix}bridge-${made}`, class: kind }
  }

  /** Something happened in this instant to somebody it ever had to do with. */
  function isBusy({ id }: Channel): boolean {
    const known = new Set([id])
    for (let before = 0; before < known.size; ) {
      before = known.size
      const pairs = live.flatMap((each) => (each.half ? [[each.id, each.half.id]] : []))
      for (const subjects of [...pairs, ...events.map(subjectsOf)]) {
        if (subjects.some((each) => known.has(each))) for (const each of subjects) known.add(each)
      }
    }
    return events.some((event) => event.at === at && subjectsOf(event).some((each) => known.has(each)))
  }

  /** A phone that rings dials nobody. */
  const runsDialplan = ({ state }: Channel): boolean => state === 'Ring' || state === 'Up'

  function answer(channel: Channel): void {
    if (channel.state === 'Up') return
    channel.state = 'Up'
    seen(channel)
    if (channel.dialler && live.includes(channel.dialler)) dial(channel.dialler, channel, '', 'ANSWER')
  }

  function happen({ kind, who, what }: Command) {
    if (kind === 'client arrives') {
      create('PJSIP/trunk', 'arriving', undefined, { number: pick(NUMBERS, what) ?? '', exten: '7001' })
      return
    }
    if (kind === 'person arrives') {
      const number = pick(EXTENSIONS, who) ?? ''
      create(`PJSIP/${number}`, 'arriving', undefined, { number, exten: pick([...EXTENSIONS, ...NUMBERS], what) ?? '' })
      return
    }
    if (kind === 'stranger arrives') {
      create('PJSIP/anonymous', 'arriving', undefined, { number: 'sip', exten: '00442' })
      return
    }
    if (kind === 'time passes') return say({ kind: 'clock', at })
    const channel = pick(live, who)
    if (!channel) return
    const other = pick(
      live.filter((each) => each !== channel),
      what,
    )
    if (unhurried && [channel, other].some((each) => each && isBusy(each))) at += 1
    switch (kind) {
      case 'person is dialled': {
        if (!runsDialplan(channel)) return
        const number = pick(EXTENSIONS, what) ?? ''
        dial(channel, create(`PJSIP/${number}`, 'dialled', channel, { number }), number)
        return
      }
      case 'number is dialled': {
        if (!runsDialplan(channel)) return
        const number = pick(NUMBERS, what) ?? ''
        dial(channel, create('PJSIP/trunk', 'dialled', channel, {}), `${number}@trunk`)
        return
      }
      case 'Local is dialled': {
        if (!runsDialplan(channel)) return
        const exten = pick([...EXTENSIONS, ...NUMBERS], what) ?? ''
        const pair = `Local/${exten}@from-internal`
        const first = create(pair, 'dialled', channel, {})
        live.pop()
        events.pop()
        const half = (n: 1 | 2): Partial<Channel> => ({
          ...{ name: `${first.name};${n}`, exten, linkedid: channel.linkedid },
        })
        const one = create(pair, 'dialled', channel, half(1))
        const two = create(pair, 'arriving', undefined, half(2))
        one.half = two
        two.half = one
        dial(channel, one, `${exten}@from-internal`)
        return
      }
      case 'rings':
        if (channel.state !== 'Down') return
        channel.state = 'Ringing'
        seen(channel)
        if (channel.dialler && live.includes(channel.dialler)) dial(channel.dialler, channel, '', 'RINGING')
        return
      case 'answers':
        return answer(channel)
      case 'dial fails':
        if (channel.state === 'Up' || !channel.dialler || !live.includes(channel.dialler)) return
        dial(channel.dialler, channel, '', pick(['BUSY', 'CANCEL', 'NOANSWER', 'CHANUNAVAIL'], what))
        return hangUp(channel, pick(CAUSES, what) ?? 16, undefined)
      case 'two are bridged': {
        if (!other) return
        answer(channel)
        answer(other)
        const bridge = newBridge('basic')
        enter(channel, bridge)
        return enter(other, bridge)
      }
      case 'enters a bridge':
        if (other?.bridge && other.bridge.id !== channel.bridge?.id) enter(channel, other.bridge)
        return
      case 'leaves its bridge':
        return leave(channel)
      case 'joins a room': {
        const wanted = pick(ROOMS, what) ?? 'conference'
        const room = live.map(({ bridge }) => bridge).find((bridge) => bridge?.class === wanted)
        if (channel.bridge?.class === wanted) return
        answer(channel)
        return enter(channel, room ?? newBridge(wanted))
      }
      case 'holds':
        if (channel.held) return
        channel.held = true
        return say({ kind: 'hold', at, channel: facts(channel) })
      case 'unholds':
        if (!channel.held) return
        channel.held = false
        return say({ kind: 'unhold', at, channel: facts(channel) })
      case 'presses a digit':
        return say({ kind: 'dtmf', at, channel: facts(channel), digit: String(what % 10) })
      case 'executes an application':
        channel.app = pick(APPS, what) ?? ''
        return seen(channel)
      case 'opts out':
        channel.skipped = true
        return seen(channel)
      case 'is transferred blindly': {
        if (!other || !channel.bridge || other.bridge?.id !== channel.bridge.id) return
        const exten = pick([...EXTENSIONS, ...NUMBERS], what) ?? ''
        say({ kind: 'blind-transfer', at, transferer: facts(other), transferee: facts(channel), exten })
        channel.exten = exten
        leave(channel)
        return hangUp(other, 16, 'pbx')
      }
      case 'is transferred attended': {
        if (!other?.bridge || !channel.bridge || other.bridge.id === channel.bridge.id) return
        const [transferee, target] = [other, channel].map((leg) =>
          live.find((each) => each !== leg && each.bridge?.id === leg.bridge?.id),
        )
        if (!transferee || !target || transferee === target) return
        enter(transferee, channel.bridge)
        say({
          ...{ kind: 'attended-transfer', at, firstLeg: facts(other), secondLeg: facts(channel) },
          ...{ transferee: facts(transferee), target: facts(target) },
        })
        hangUp(other, 16, 'pbx')
        return hangUp(channel, 16, 'pbx')
      }
      case 'is picked up':
        if (!other || channel.state === 'Up' || !channel.dialler || !live.includes(channel.dialler)) return
        say({ kind: 'pickup', at, channel: facts(channel), picker: facts(other) })
        answer(other)
        dial(channel.dialler, other, '', 'ANSWER')
        return hangUp(channel, 26, 'pbx')
      case 'changes its linkedid':
        // As in a bridge: everybody in it gets the oldest one.
        if (!other || channel.bridge === undefined || channel.bridge.id !== other.bridge?.id) return
        channel.linkedid = [channel.linkedid, other.linkedid].toSorted()[0] ?? channel.linkedid
        return seen(channel)
      case 'is recorded':
        return say({ kind: 'recording', at, channelId: channel.id, file: `${what}.wav` })
      case 'hangs up':
        return hangUp(channel, pick(CAUSES, what) ?? 16, what % 2 === 0 ? 'device' : 'pbx')
      default:
        throw new Error(`no such command: ${kind satisfies never}`)
    }
  }

  for (const command of commands) {
    at += command.after
    happen(command)
  }
  at += 500
  for (const channel of [...live]) hangUp(channel, 16, undefined)
  say({ kind: 'clock', at: at + 10_000 })
  return events
}
