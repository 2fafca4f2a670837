import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createAsterisk } from '../../src/asterisk/asterisk-link.ts'
import type { InboundAnswer, InboundQuestion } from '../../src/asterisk/message.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import { applications, limitLeft, startOf, stepsUntil } from './_asterisk-records.ts'
import { type Service, silence, silentProcess, startService } from './_asterisk-service.ts'
import { dialplan, filesOf } from './_dialplan-files.ts'
import { expectGuarded, GUARD_MS, rawVariable } from './_guard.ts'

/** A limit that the PBX itself had set, and a call that comes by twice; what is left of the limit is told in CEL. */
const testContexts = `[from-limited]
exten => _[+0-9].,1,Set(TIMEOUT(absolute)=30)
 same => n,Gosub(callweave-in,s,1($\{EXTEN}))
 same => n,CELGenUserEvent(left,$\{TIMEOUT(absolute)})
 same => n,Gosub(callweave-in,s,1($\{EXTEN}))
 same => n,Hangup()
[from-database]
exten => _[+0-9].,1,Gosub(callweave-in,s,1($\{EXTEN}))
 same => n,CELGenUserEvent(read,$\{DB(CALLWEAVE/test)})
 same => n,Hangup()
[from-skipped]
exten => _[+0-9].,1,Gosub(callweave-skip,s,1)
 same => n,Gosub(callweave-in,s,1($\{EXTEN}))
 same => n,Hangup()
`

describe.each(['22', '16'] as const)('Asterisk %s', (version) => {
  let lab: Lab
  let before: Readonly<Record<string, string>>
  let calls = 0
  const open: AsyncDisposable[] = []

  beforeAll(async () => {
    lab = await startLab({ asterisk: version, cel: 'fractions' })
    await writeFile(join(lab.etcAsterisk, 'extensions_custom.conf'), testContexts)
    before = await filesOf(lab.etcAsterisk)
    await dialplan(lab, '--install')
  })

  afterEach(async () => {
    for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
  })

  afterAll(() => lab?.[Symbol.asyncDispose]())

  const nextCaller = () => `7922153${String(++calls).padStart(4, '0')}`

  async function service(answer?: (question: InboundQuestion) => InboundAnswer | undefined): Promise<Service> {
    const started = startService(lab, answer)
    open.push(started)
    await started.heard((message) => message.kind === 'call-events')
    return started
  }

  test('given no application, when a call comes, then it is on the default route at once', async () => {
    const from = nextCaller()
    await lab.trunk.call({ from, did: '7001', giveUpAfterMs: 800 })
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    expect(startOf(steps, 'Dial', 'default-route') - startOf(steps, 'Stasis', 'callweave-ask')).toBeLessThan(200)
  })

  test('given a service that hears and does not answer, when a call comes, then Asterisk sends it on after two seconds', async () => {
    const silent = await service()
    const from = nextCaller()
    const [call] = await lab.trunk.call({ from, did: '7001', giveUpAfterMs: GUARD_MS + 800 })
    expect(silent.questions).toMatchObject([{ did: '7001', callerNumber: from }])
    await expectGuarded(lab, from)
    expect(call).toMatchObject({ answered: false, finalStatus: 487 })
  })

  test.each(['SIGSTOP', 'SIGKILL'] as const)(
    'given a service that gets %s while it holds a call, when the guard fires, then the call goes on',
    async (signal) => {
      const silent = await silentProcess(lab)
      open.push(silent)
      const from = nextCaller()
      const call = lab.trunk.call({ from, did: '7001', giveUpAfterMs: GUARD_MS + 800 })
      await silent.line('question')
      silent.child.kill(signal)
      await call
      await expectGuarded(lab, from)
    },
  )

  test('given a prompt "default", when a call comes, then it takes the default route unanswered and well before the guard', async () => {
    await service(() => ({ kind: 'default' }))
    const from = nextCaller()
    const [call] = await lab.trunk.call({ from, did: '7001', giveUpAfterMs: 1200 })
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    expect(applications(steps)).toEqual([
      'Stasis@callweave-ask callweave,inbound,7001,dnd=',
      'Dial@default-route PJSIP/101,20,tT',
    ])
    expect(steps.find(({ event }) => event === 'USER callweave')?.data).toBe('callweave,default')
    expect(startOf(steps, 'Dial', 'default-route') - startOf(steps, 'Stasis', 'callweave-ask')).toBeLessThan(700)
    expect(steps.filter(({ event }) => event === 'ANSWER')).toEqual([])
    expect(call).toMatchObject({ answered: false })
  })

  test('given a ring that nobody answers, when its seconds are over, then the call is on the default route, not in a mailbox', async () => {
    await service(() => ({ kind: 'ring', extension: '102', seconds: 2, callerName: 'Ромашка, "ООО"' }))
    const from = nextCaller()
    const call = lab.trunk.call({ from, did: '7001', giveUpAfterMs: 3500 })
    const ring = await lab.phone('102').waitForRing(2500)
    expect(ring).toMatchObject({ from })
    await call
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    expect(applications(steps)).toEqual([
      'Stasis@callweave-ask callweave,inbound,7001,dnd=',
      'Dial@callweave-ring PJSIP/102,2,',
      'Dial@default-route PJSIP/101,20,tT',
    ])
    const rang = startOf(steps, 'Dial', 'default-route') - startOf(steps, 'Dial', 'callweave-ring')
    expect(rang).toBeGreaterThan(1900)
    expect(rang).toBeLessThan(2400)
    expect((await lab.cel()).some((row) => row['cid_name'] === 'Ромашка ООО' && row['cid_num'] === from)).toBe(true)
  })

  test('given a ring that is answered, when the conversation ends, then so does the call', async () => {
    await service(() => ({ kind: 'ring', extension: '103', seconds: 10 }))
    const from = nextCaller()
    const call = lab.trunk.call({ from, did: '7001', hangUp: 'callee' })
    await lab.phone('103').waitForRing(3000)
    await lab.phone('103').accept()
    await lab.phone('103').waitForTalk(3000)
    await lab.phone('103').hangup()
    expect(await call).toMatchObject([{ answered: true, endedBy: 'pbx' }])
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    expect(applications(steps).at(-1)).toBe('Dial@callweave-ring PJSIP/103,10,')
  })

  test('given an extension whose phone is not there, when it would ring, then the default route follows at once', async () => {
    await service(() => ({ kind: 'ring', extension: '199', seconds: 10 }))
    const from = nextCaller()
    await lab.trunk.call({ from, did: '7001', giveUpAfterMs: 1200 })
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    expect(startOf(steps, 'Dial', 'default-route') - startOf(steps, 'Dial', 'callweave-ring')).toBeLessThan(300)
  })

  test('given an answer after the deadline, when it is sent, then it is told as gone and changes nothing', async () => {
    const late = await service()
    const from = nextCaller()
    const call = lab.trunk.call({ from, did: '7001', giveUpAfterMs: GUARD_MS + 1200 })
    const question = await late.question()
    await sleep(GUARD_MS + 400)
    expect(
      await late.link.commands.answerQuestion(question.channelId, { kind: 'ring', extension: '102', seconds: 5 }),
    ).toBe('gone')
    await call
    await expectGuarded(lab, from)
  })

  test('given decisions that are incomplete, when their calls go on, then by the default route', async () => {
    const decisions = [
      'ring,102',
      'ring,,5',
      'ring,102,0',
      'ring,102,5,x',
      'ring,102&PJSIP/103,5',
      'ring,1"|"1,5',
      'ringing',
    ]
    const asked = await service()
    const callers = decisions.map(nextCaller)
    const ended = Promise.all(callers.map((from) => lab.trunk.call({ from, did: '7001', giveUpAfterMs: 1500 })))
    await expect.poll(() => asked.questions.length, { timeout: 3000 }).toBe(decisions.length)
    for (const [at, decision] of decisions.entries()) {
      const channelId = asked.questions.find(({ callerNumber }) => callerNumber === callers[at])?.channelId ?? ''
      await rawVariable(lab, channelId, decision)
      await asked.link.commands.continueChannel(channelId)
    }
    await ended
    for (const [at, from] of callers.entries()) {
      const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
      // Seven calls at once are more than one phone takes: what follows the default route's Dial is the PBX's affair.
      expect(applications(steps)[1], decisions[at]).toBe('Dial@default-route PJSIP/101,20,tT')
    }
  })

  test('given a limit of the PBX and a call that comes by twice, when it was asked, then the limit still runs and it is asked once', async () => {
    const asked = await service()
    const from = nextCaller()
    await lab.cli(`channel originate Local/${from}@from-limited/n application Wait 6`)
    await asked.question()
    const left = await limitLeft(lab, from)
    expect(left).toBeGreaterThan(27.5)
    expect(left).toBeLessThan(28.2)
    expect(asked.questions).toHaveLength(1)
  })

  test('given a call that was answered for, when the PBX goes on, then its own database still speaks to it', async () => {
    await service(() => ({ kind: 'default', callerName: 'Ромашка' }))
    await lab.cli('database put CALLWEAVE test heard')
    const from = nextCaller()
    await lab.cli(`channel originate Local/${from}@from-database/n application Wait 2`)
    const read = async () =>
      (await lab.cel()).find((row) => row['context'] === 'from-database' && row['userdeftype'] === 'read')
    await expect.poll(async () => (await read())?.['appdata'], { timeout: 5000 }).toBe('read,heard')
  })

  test('given a call that must be skipped, when it comes by, then nobody is asked and both witnesses see why', async () => {
    const asked = await service()
    const from = nextCaller()
    await lab.cli(`channel originate Local/${from}@from-skipped/n application Wait 1`)
    await sleep(500)
    expect(asked.questions).toEqual([])
    const events = (await lab.cel()).filter((row) => row['exten'] === 's' && row['context'] === 'callweave-skip')
    expect(events.map((row) => row['appdata'])).toContain('callweave,skip')
  })

  test('given a standing link, when commands are sent, then they do what they say', async () => {
    const { commands } = (await service()).link
    expect(await commands.version()).toMatch(new RegExp(`^${version}\\.`))
    expect(await commands.endpoints()).toContainEqual(
      expect.objectContaining({ technology: 'PJSIP', resource: '101', state: 'online' }),
    )
    const channelId = `cw-${version}-originate`
    await commands.originate({
      channelId,
      endpoint: 'PJSIP/104',
      context: 'from-internal',
      extension: '105',
      callerName: 'Клик',
      callerNumber: '79990001122',
      timeoutSeconds: 10,
      variables: { CALLWEAVE_TEST: 'a,b' },
    })
    expect(await lab.phone('104').waitForRing(3000)).toMatchObject({ from: '79990001122' })
    // The phone rings before Asterisk has read its 180.
    await expect.poll(commands.channels).toContainEqual(expect.objectContaining({ id: channelId, state: 'Ringing' }))
    expect(await commands.getVariable(channelId, 'CALLWEAVE_TEST')).toBe('a,b')
    expect(await commands.getVariable(channelId, 'CALLWEAVE_NOT_SET')).toBeUndefined()
    expect(await lab.cli('core show channels concise')).toContain('PJSIP/104')
    await commands.hangup(channelId)
    await lab.phone('104').waitForIdle(3000)
    await commands.hangup(channelId)
    await expect(
      commands.originate({
        channelId: 'cw-nobody',
        endpoint: 'PJSIP/199',
        context: 'a',
        extension: 's',
        timeoutSeconds: 5,
      }),
    ).rejects.toMatchObject({ name: 'AriError', status: 500 })
    await expect(commands.getVariable('no-such-channel', 'X')).rejects.toMatchObject({ status: 404 })
  })

  test('given a wrong password, when we connect, then it is said and nothing else happens', async () => {
    const link = createAsterisk({
      ari: { ...lab.ari, password: 'wrong', application: 'callweave' },
      log: silence,
    })
    const stop = new AbortController()
    const { value } = await link.messages(stop.signal).next()
    expect(value).toMatchObject({ kind: 'down', reason: expect.stringContaining('401') })
    stop.abort()
    link[Symbol.dispose]()
  })

  test('given an Asterisk that restarts, when it is back, then so are link, filter and subscription, and calls are answered', async () => {
    const answering = await service(() => ({ kind: 'default' }))
    await lab.cli('core restart now').catch(() => '')
    await answering.heard((message) => message.kind === 'down')
    await answering.heard((message) => message.kind === 'up')
    await answering.heard((message) => message.kind === 'call-events')
    expect(answering.link.status()).toMatchObject({ state: 'up', reconnects: 1 })
    expect(await lab.cli('ari show app callweave')).toMatch(/__AST_CHANNEL_ALL_TOPIC/)
    const from = nextCaller()
    await lab.trunk.call({ from, did: '7001', giveUpAfterMs: 1500 })
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'USER callweave'))
    expect(steps.find(({ event }) => event === 'USER callweave')?.data).toBe('callweave,default')
  })

  test('given an Asterisk that stands still without a word, when our pings stay unanswered, then the link is ended, and stands again when it goes on', async () => {
    const watching = startService(lab, undefined, { pingEveryMs: 500, pongWithinMs: 400 })
    open.push(watching)
    await watching.heard(({ kind }) => kind === 'call-events')
    process.kill(lab.asteriskPid, 'SIGSTOP')
    try {
      const down = await watching.heard(({ kind }) => kind === 'down')
      expect(down).toMatchObject({ reason: expect.stringContaining('silent') })
    } finally {
      process.kill(lab.asteriskPid, 'SIGCONT')
    }
    await watching.heard(({ kind }) => kind === 'up')
  })

  test('given ARI modules that are reloaded, when a call comes, then it is answered', async () => {
    const answering = await service(() => ({ kind: 'default' }))
    for (const module of ['res_ari.so', 'http']) await lab.cli(`module reload ${module}`)
    const from = nextCaller()
    await lab.trunk.call({ from, did: '7001', giveUpAfterMs: 1200 })
    await answering.heard((message) => message.kind === 'question')
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'USER callweave'))
    expect(steps.find(({ event }) => event === 'USER callweave')?.data).toBe('callweave,default')
  })

  test('given two copies of the service, when the second connects, then the first stands by, and comes back after the second', async () => {
    const first = await service(() => ({ kind: 'default' }))
    const second = startService(lab, () => ({ kind: 'default' }))
    await second.heard((message) => message.kind === 'call-events')
    await first.heard((message) => message.kind === 'replaced')
    const from = nextCaller()
    await lab.trunk.call({ from, did: '7001', giveUpAfterMs: 800 })
    expect(second.questions).toHaveLength(1)
    expect(first.questions).toHaveLength(0)
    await second[Symbol.asyncDispose]()
    await first.heard((message) => message.kind === 'up')
    await lab.trunk.call({ from: nextCaller(), did: '7001', giveUpAfterMs: 800 })
    expect(first.questions).toHaveLength(1)
  })

  test('given a call that a dead service holds, when another one starts, then it lets the call go on before the guard does', async () => {
    const dead = await silentProcess(lab)
    open.push(dead)
    const from = nextCaller()
    const call = lab.trunk.call({ from, did: '7001', giveUpAfterMs: GUARD_MS + 800 })
    await dead.line('question')
    dead.child.kill('SIGKILL')
    const next = await service()
    await call
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    expect(startOf(steps, 'Dial', 'default-route') - startOf(steps, 'Stasis', 'callweave-ask')).toBeLessThan(1800)
    expect(next.link.status().orphansContinued).toBe(1)
  })

  test('given the snippet, when it is taken out again, then the files are what they were and calls go on', async () => {
    await dialplan(lab, '--remove')
    expect(await filesOf(lab.etcAsterisk)).toEqual(before)
    expect(await lab.cli('dialplan show callweave-in')).toContain('no existence of')
    const from = nextCaller()
    await lab.trunk.call({ from, did: '7001', giveUpAfterMs: 600 })
    const steps = await stepsUntil(lab, from, (all) => all.some(({ event }) => event === 'LINKEDID_END'))
    expect(applications(steps)).toEqual(['Dial@default-route PJSIP/101,20,tT'])
  })
})
