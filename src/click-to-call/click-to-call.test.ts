import { pino } from 'pino'
import { beforeEach, describe, expect, test } from 'vitest'
import type { Originate } from '../asterisk/ari-commands.ts'
import { AriError } from '../asterisk/ari-error.ts'
import type { Click } from './click.ts'
import { type ClickSettings, type ClickToCall, createClickToCall } from './click-to-call.ts'
import type { ChangeOriginate } from './ring-phone.ts'
import { openTally } from './tally-keeper.ts'

const log = pino({ level: 'silent' })
const settings: ClickSettings = {
  rules: { country: 'RU', countries: new Set(['RU']), paid: false, colleagues: new Set(['101', '102']) },
  dialOut: [{ pattern: /^\+7/, replacement: '8' }],
  context: 'from-internal',
  dialString: 'PJSIP/{extension}',
  ringSeconds: 30,
  callerName: 'CRM',
  isOn: (extension) => extension !== '103',
}
const PHONE = '+79221532327'

/** An Asterisk that takes every originate, or does as told. */
interface Pbx {
  readonly originated: Originate[]
  readonly hungUp: string[]
  fails: AriError | undefined
  endpoints: readonly unknown[]
  now: number
}
let pbx: Pbx
const disk = new Map<string, string>()
beforeEach(() => {
  pbx = { originated: [], hungUp: [], fails: undefined, endpoints: [], now: new Date(2026, 10, 20, 12).getTime() }
  disk.clear()
})

async function open(
  caps = { perPerson: 9, total: 99 },
  change?: ChangeOriginate,
): Promise<ClickToCall & { readonly told: Click[] }> {
  const told: Click[] = []
  const store = {
    get: async (name: string) => disk.get(name),
    set: async (k: string, v: string) => void disk.set(k, v),
  }
  let ids = 0
  const clicks = createClickToCall({
    settings,
    commands: {
      originate: async (originate) => {
        if (pbx.fails) throw pbx.fails
        pbx.originated.push(originate)
      },
      endpoints: async () => pbx.endpoints,
      hangup: async (channel) => void pbx.hungUp.push(channel),
    },
    tally: await openTally(store, caps, () => pbx.now),
    eventsOf: () => [],
    tell: (click) => told.push(click),
    newId: () => `own-${++ids}`,
    ...(change && { change }),
    now: () => pbx.now,
    log,
  })
  return { ...clicks, told }
}
const code = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'carried out',
    (error: { readonly code?: string }) => error.code,
  )
const born = (id: string) =>
  ({ kind: 'channel-created', at: 0, channel: { id, name: 'PJSIP/101-1' }, born: 'dialled' }) as const
const gone = (id: string) => [{ kind: 'channel-gone' as const, at: 0, channel: { id, name: 'PJSIP/101-1' } }]

describe('given a person at a registered phone', () => {
  test('when a client is clicked, then the own phone rings, shows the client, and dials as the PBX wants numbers', async () => {
    const clicks = await open()
    const click = await clicks.start('101', { phone: '8 922 153-23-27' })
    expect(pbx.originated).toEqual([
      {
        channelId: click.call,
        endpoint: 'PJSIP/101',
        context: 'callweave-click',
        extension: '89221532327',
        display: { name: 'CRM', number: PHONE },
        timeoutSeconds: 30,
        variables: { CALLWEAVE_CLICK_CONTEXT: 'from-internal', CALLWEAVE_CLICK_BY: '101' },
      },
    ])
    expect(click.call).toMatch(/^click-[0-9a-f]{22}$/)
    expect(clicks.told.map(({ state }) => state)).toEqual(['ringing-you'])
  })

  test('when a script changes how it is dialled, then that is done, and our own variables stay ours', async () => {
    const clicks = await open(undefined, async (proposal, { number }) => ({
      ...proposal,
      ...{
        endpoint: 'PJSIP/101-home',
        context: 'gsm',
        dialled: `9${number.slice(2)}`,
        callerName: 'Клиент',
        ringSeconds: 9,
      },
      variables: { VIA: 'gsm', CALLWEAVE_CLICK_BY: '999' },
    }))
    await clicks.start('101', { phone: PHONE })
    expect(pbx.originated).toMatchObject([
      {
        ...{ endpoint: 'PJSIP/101-home', context: 'callweave-click', extension: '99221532327', timeoutSeconds: 9 },
        display: { name: 'Клиент', number: PHONE },
        variables: { VIA: 'gsm', CALLWEAVE_CLICK_CONTEXT: 'gsm', CALLWEAVE_CLICK_BY: '101' },
      },
    ])
  })

  test('when ten clicks come in one moment, then the phone is rung once and all get the same call', async () => {
    const clicks = await open()
    const started = await Promise.all(Array.from({ length: 10 }, () => clicks.start('101', { phone: PHONE })))
    expect(new Set(started.map(({ call }) => call)).size).toBe(1)
    expect(new Set(started.map(({ state }) => state))).toEqual(new Set(['ringing-you']))
    expect(pbx.originated).toHaveLength(1)
  })

  test('when another client is clicked meanwhile, or the same one later, then one call after the other', async () => {
    const clicks = await open()
    const { call } = await clicks.start('101', { phone: PHONE })
    await expect(clicks.start('101', { phone: '+79031112233' })).rejects.toMatchObject({
      code: 'already-calling',
      call,
    })
    pbx.now += 6_000
    expect(await code(clicks.start('101', { phone: PHONE }))).toBe('already-calling')
    expect(await code(clicks.start('102', { phone: PHONE }))).toBe('carried out')
    clicks.hear(gone(call))
    expect(await code(clicks.start('101', { phone: PHONE }))).toBe('carried out')
    expect(pbx.originated).toHaveLength(3)
  })

  test('when a request comes again, also after a restart, then it never rings twice', async () => {
    const request = { phone: PHONE, requestId: 'r-1' }
    const clicks = await open()
    const { call } = await clicks.start('101', request)
    clicks.hear(gone(call))
    pbx.now += 60_000
    expect((await clicks.start('101', request)).call).toBe(call)
    const restarted = await open()
    await expect(restarted.start('101', request)).rejects.toMatchObject({ code: 'already-made', call })
    expect(pbx.originated).toHaveLength(1)
    expect((await restarted.start('102', request)).call).not.toBe(call)
  })

  test('when its call lived and ended while the link was down, then the snapshot frees the phone', async () => {
    const clicks = await open()
    await clicks.start('101', { phone: PHONE })
    const other = await clicks.start('102', { phone: PHONE })
    pbx.now += 60_000
    clicks.hear([{ kind: 'snapshot', at: pbx.now, channels: [{ id: other.call, name: 'PJSIP/102-1' }], bridges: [] }])
    expect(await code(clicks.start('101', { phone: PHONE }))).toBe('carried out')
    expect(await code(clicks.start('102', { phone: PHONE }))).toBe('already-calling')
  })

  test('when the snapshot is older than the click, then what follows of its channel keeps the phone taken', async () => {
    const clicks = await open()
    const { call } = await clicks.start('101', { phone: PHONE })
    const lost = await clicks.start('102', { phone: PHONE })
    clicks.hear([{ kind: 'snapshot', at: pbx.now, channels: [], bridges: [] }, born(call)])
    pbx.now += 6_000
    expect(await code(clicks.start('102', { phone: PHONE }))).toBe('already-calling')
    pbx.now += 60_000
    expect(await code(clicks.start('101', { phone: PHONE }))).toBe('already-calling')
    expect((await clicks.start('102', { phone: PHONE })).call).not.toBe(lost.call)
  })

  test('when the end of a click was never heard, then the phone is not locked for ever', async () => {
    const clicks = await open()
    await clicks.start('101', { phone: PHONE })
    pbx.now += 5 * 3_600_000
    expect(await code(clicks.start('101', { phone: PHONE }))).toBe('carried out')
  })

  test('when the day’s calls are used up, then Asterisk is not asked', async () => {
    const clicks = await open({ perPerson: 1, total: 9 })
    clicks.hear(gone((await clicks.start('101', { phone: PHONE })).call))
    expect(await code(clicks.start('101', { phone: PHONE }))).toBe('daily-cap')
    expect(pbx.originated).toHaveLength(1)
  })

  test('when somebody else asks for the click, then there is none', async () => {
    const clicks = await open()
    const { call } = await clicks.start('101', { phone: PHONE })
    expect(clicks.find('102', call)).toBeUndefined()
    expect(clicks.find('101', call)?.state).toBe('ringing-you')
  })
})

describe('given a click that cannot be carried out', () => {
  test('when the person or the service is not on, then nothing is even looked at', async () => {
    expect(await code((await open()).start('103', { phone: '*21#' }))).toBe('not-on')
  })

  test.each([
    ['offline', [{ technology: 'PJSIP', resource: '101', state: 'offline' }], 'phone-not-registered'],
    [
      'unknown to Asterisk',
      [{ technology: 'PJSIP', resource: '102', state: 'online' }, 'garbage'],
      'phone-not-registered',
    ],
    ['there', [{ technology: 'PJSIP', resource: '101', state: 'online' }], 'asterisk-refused'],
  ])(
    'when Asterisk answers 500 and the phone is %s, then the reason is told and nothing is counted',
    async (_what, endpoints, reason) => {
      const clicks = await open({ perPerson: 1, total: 1 })
      pbx.endpoints = endpoints
      pbx.fails = new AriError('Allocation failed', 500)
      const request = { phone: PHONE, requestId: 'r-1' }
      expect(await Promise.all([code(clicks.start('101', request)), code(clicks.start('101', request))])).toEqual([
        reason,
        reason,
      ])
      pbx.fails = undefined
      expect(await code(clicks.start('101', request))).toBe('carried out')
    },
  )

  test('when Asterisk does not answer, then what it may have begun is taken back, also when it begins later', async () => {
    const clicks = await open()
    pbx.fails = new AriError('no answer within 5000 ms')
    expect(await code(clicks.start('101', { phone: PHONE, requestId: 'r-1' }))).toBe('asterisk-unreachable')
    expect(pbx.hungUp).toHaveLength(1)
    const [call = ''] = pbx.hungUp
    clicks.hear([born(call)])
    clicks.hear([born(call)])
    expect(pbx.hungUp).toEqual([call, call])
  })

  test('when the request comes again after that, then the phone that rings is left alone', async () => {
    const clicks = await open()
    const request = { phone: PHONE, requestId: 'r-1' }
    pbx.fails = new AriError('not connected')
    expect(await code(clicks.start('101', request))).toBe('asterisk-unreachable')
    pbx.fails = undefined
    const { call } = await clicks.start('101', request)
    clicks.hear([born(call)])
    expect(pbx.hungUp).toEqual([call])
    clicks.hear(gone(call))
    expect(clicks.find('101', call)?.state).toBe('ringing-you')
  })

  test('when it comes again and is refused for another reason, then what begins late is still taken back', async () => {
    const clicks = await open({ perPerson: 1, total: 9 })
    const request = { phone: PHONE, requestId: 'r-1' }
    pbx.fails = new AriError('not connected')
    expect(await code(clicks.start('101', request))).toBe('asterisk-unreachable')
    pbx.fails = undefined
    clicks.hear(gone((await clicks.start('101', { phone: PHONE })).call))
    expect(await code(clicks.start('101', request))).toBe('daily-cap')
    const [late = ''] = pbx.hungUp
    clicks.hear([born(late)])
    expect(pbx.hungUp).toEqual([late, late])
  })

  test('when a channel of that id rings already, then the click is that channel', async () => {
    const clicks = await open()
    pbx.fails = new AriError('Channel with given unique ID already exists', 409)
    expect((await clicks.start('101', { phone: PHONE, requestId: 'r-1' })).state).toBe('ringing-you')
  })
})
