import { describe, expect, test } from 'vitest'
import { decodeAri } from './decode-ari.ts'
import { decodeSnapshot } from './decode-snapshot.ts'

const AT = Date.UTC(2026, 10, 20, 8, 52, 34, 91)
const timestamp = '2026-11-20T11:52:34.091+0300'
const channel = {
  id: '1.1',
  name: 'PJSIP/trunk-01',
  state: 'Ring',
  caller: { name: 'Somebody', number: '79221532327' },
  connected: { name: '', number: '' },
  dialplan: { context: 'from-trunk', exten: '7001', priority: 1, app_name: 'Dial', app_data: 'PJSIP/101,20' },
  creationtime: '2026-11-20T11:52:34.090+0300',
  channelvars: {
    'CHANNEL(linkedid)': '1.1',
    'CALLERID(dnid)': '7001',
    FROM_DID: '',
    MIXMONITOR_FILENAME: '/m/a.wav',
    VMSTATUS: '',
  },
}
const facts = {
  ...{ id: '1.1', name: 'PJSIP/trunk-01', state: 'Ring', callerNumber: '79221532327', createdAt: AT - 1 },
  ...{
    exten: '7001',
    context: 'from-trunk',
    app: 'Dial',
    appData: 'PJSIP/101,20',
    linkedid: '1.1',
    dnid: '7001',
    recording: '/m/a.wav',
  },
}
const bridge = { id: 'b', bridge_class: 'basic', bridge_type: 'mixing', technology: 'simple_bridge', channels: [] }
const decode = (message: object) => decodeAri({ timestamp, channel, ...message })

describe('decoding of ARI messages', () => {
  test('given a channel is created in state Ring, then it arrives; in state Down, then it is dialled', () => {
    expect(decode({ type: 'ChannelCreated' })).toEqual([
      { kind: 'channel-created', at: AT, channel: facts, born: 'arriving' },
    ])
    expect(decode({ type: 'ChannelCreated', channel: { ...channel, state: 'Down' } })).toMatchObject([
      { born: 'dialled' },
    ])
  })

  test('given a channel without channelvars and without application fields (before 16.4), then it is taken all the same', () => {
    const bare = {
      id: '1.1',
      name: 'PJSIP/trunk-01',
      state: 'Up',
      caller: {},
      dialplan: { context: 'c', exten: 'e', priority: 1 },
    }
    expect(decode({ type: 'ChannelStateChange', channel: bare })).toEqual([
      {
        kind: 'channel-seen',
        at: AT,
        channel: { id: '1.1', name: 'PJSIP/trunk-01', state: 'Up', context: 'c', exten: 'e' },
      },
    ])
  })

  test('given a hang-up request, then it is the device unless soft, and its cause is not read', () => {
    expect(decode({ type: 'ChannelHangupRequest', cause: 16 })).toEqual([
      { kind: 'hangup-requested', at: AT, channel: facts, by: 'device' },
    ])
    expect(decode({ type: 'ChannelHangupRequest', cause: 32, soft: true })).toMatchObject([{ by: 'pbx' }])
  })

  test('given a destroyed channel, then its cause comes along', () => {
    expect(decode({ type: 'ChannelDestroyed', cause: 17, cause_txt: 'User busy' })).toMatchObject([
      { kind: 'channel-gone', cause: 17 },
    ])
  })

  test.each([
    ['basic', 'mixing', 'simple_bridge', 'basic'],
    ['stasis', 'mixing', 'softmix', 'stasis'],
    ['stasis', 'holding', 'holding_bridge', 'holding'],
    ['base', 'mixing', 'softmix', 'conference'],
    ['base', 'holding', 'holding_bridge', 'holding'],
    ['parking', 'holding', 'holding_bridge', 'parking'],
  ])(
    'given a bridge of class %s, type %s, technology %s, then it is %s',
    (bridge_class, bridge_type, technology, wanted) => {
      const entered = decode({
        type: 'ChannelEnteredBridge',
        bridge: { id: 'b', bridge_class, bridge_type, technology },
      })
      expect(entered).toMatchObject([{ kind: 'bridge-entered', bridge: { id: 'b', class: wanted } }])
    },
  )

  test('given a dial that is forwarded, then status and target are told', () => {
    const message = {
      type: 'Dial',
      caller: channel,
      peer: { ...channel, id: '1.2' },
      dialstatus: 'CANCEL',
      dialstring: '',
      forward: '104',
    }
    expect(decode(message)).toMatchObject([
      { kind: 'dial', status: 'CANCEL', forward: '104', caller: { id: '1.1' }, peer: { id: '1.2' } },
    ])
  })

  test('given transfers, then only those that succeeded are told', () => {
    const blind = { type: 'BridgeBlindTransfer', exten: '103', transferee: channel, channel: { ...channel, id: '1.2' } }
    expect(decode({ ...blind, result: 'Success' })).toMatchObject([
      { kind: 'blind-transfer', exten: '103', transferer: { id: '1.2' } },
    ])
    expect(decode({ ...blind, result: 'Not Permitted' })).toEqual([])
    const attended = {
      type: 'BridgeAttendedTransfer',
      transferer_first_leg: channel,
      transfer_target: { ...channel, id: '1.3' },
    }
    expect(decode({ ...attended, result: 'Success' })).toMatchObject([
      { secondLeg: { id: '1.1' }, target: { id: '1.3' } },
    ])
    expect(decode({ ...attended, result: 'Fail' })).toEqual([])
  })

  test('given variables and applications of an unfiltered stream, then they are news of the channel', () => {
    expect(decode({ type: 'ChannelVarset', variable: 'VMSTATUS', value: 'SUCCESS' })).toMatchObject([
      { channel: { voicemail: 'SUCCESS' } },
    ])
    expect(decode({ type: 'ChannelVarset', variable: 'FROM_DID', value: '7002' })).toMatchObject([
      { channel: { did: '7002' } },
    ])
    expect(decode({ type: 'ChannelVarset', variable: 'GLOBAL', value: '1', channel: undefined })).toEqual([])
    expect(decode({ type: 'ChannelDialplan', dialplan_app: 'VoiceMail', dialplan_app_data: '101,u' })).toMatchObject([
      { channel: { app: 'VoiceMail', appData: '101,u' } },
    ])
  })

  test('given a recording made through ARI, then its file is told', () => {
    const recording = { name: 'call-1', format: 'wav', target_uri: 'bridge:b:1' }
    expect(decode({ type: 'RecordingStarted', recording })).toEqual([
      { kind: 'recording', at: AT, bridgeId: 'b:1', file: 'call-1.wav' },
    ])
  })

  test.each([
    ['nothing', undefined],
    ['a text', 'hello'],
    ['an array', [1]],
    ['no type', { timestamp }],
    ['an unknown type', { timestamp, type: 'SomethingNew', channel }],
    ['no timestamp', { type: 'ChannelCreated', channel }],
    ['a wrong timestamp', { type: 'ChannelCreated', channel, timestamp: 'yesterday' }],
    ['no channel', { timestamp, type: 'ChannelCreated' }],
    ['a channel without id', { timestamp, type: 'ChannelCreated', channel: { name: 'x' } }],
    ['a bridge without id', { timestamp, type: 'ChannelEnteredBridge', channel, bridge: {} }],
    ['a dial without peer', { timestamp, type: 'Dial', caller: channel }],
  ])('given %s, then there is no event and no error', (_, message) => {
    expect(decodeAri(message)).toEqual([])
  })
})

test('given the lists of a PBX, when decoded, then they are one snapshot and what is no channel is left out', () => {
  const lists = { channels: [channel, null, {}], bridges: [{ ...bridge, channels: ['1.1', 7] }, 'x'], at: AT }
  expect(decodeSnapshot(lists)).toEqual([
    { kind: 'snapshot', at: AT, channels: [facts], bridges: [{ id: 'b', class: 'basic', channelIds: ['1.1'] }] },
  ])
  expect(decodeSnapshot({ channels: undefined, bridges: 'x', at: 1 })).toEqual([
    { kind: 'snapshot', at: 1, channels: [], bridges: [] },
  ])
})

test.each([
  ['that opted out', { channelvars: { CALLWEAVE_SKIP: '1' } }],
  ['that FreePBX turns away as blacklisted', { state: 'Up', dialplan: { context: 'app-blacklist-check', exten: 's' } }],
])('given a channel %s, when it is told, then its call is to be skipped', (_what, change) => {
  const event = decode({ type: 'ChannelStateChange', channel: { ...channel, ...change } })
  expect(event).toMatchObject([{ channel: { skipped: true } }])
})

test('given a raw stream that tells the mark as a variable, then it is read there too', () => {
  const set = (variable: string) => decode({ type: 'ChannelVarset', variable, value: '1' })
  expect(set('CALLWEAVE_SKIP')).toMatchObject([{ channel: { skipped: true } }])
  expect(set('__CALLWEAVE_SKIP')).toMatchObject([{ channel: { skipped: true } }])
  expect(decode({ type: 'ChannelVarset', variable: 'CALLWEAVE_SKIP', value: '' })[0]).not.toHaveProperty(
    'channel.skipped',
  )
})

test('given a channel that passes the blacklist, also one that was answered before, then it is not skipped', () => {
  const passing = { ...channel, dialplan: { context: 'app-blacklist-check', exten: 's' } }
  expect(decode({ type: 'ChannelStateChange', channel: passing })[0]).not.toHaveProperty('channel.skipped')
  const set = { type: 'ChannelVarset', variable: 'CALLED_BLACKLIST', value: '1' }
  expect(decode({ ...set, channel: { ...passing, state: 'Up' } })[0]).not.toHaveProperty('channel.skipped')
})
