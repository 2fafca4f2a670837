import { setTimeout as sleep } from 'node:timers/promises'
import { type ExperiencedCall, experiencedInbound, experiencedOutbound } from './campaign-experienced.ts'
import { type CampaignPbx, dids } from './campaign-pbx.ts'
import type { PlannedCalls } from './campaign-plan.ts'

export type Fold = (phones: Parameters<typeof experiencedInbound>[3]) => readonly ExperiencedCall[]

/** Makes the calls; resolves with a function that, given what the phones say, tells what they went through. */
export async function makeCalls(pbx: CampaignPbx, calls: PlannedCalls, signal: AbortSignal): Promise<Fold> {
  const { stage, calleeSince } = pbx
  if (calls.kind === 'outbound') {
    const dialled = await Promise.all(
      calls.numbers.map(async (number) => {
        const person = `11${number.at(-1)}`
        const began = Date.now()
        await stage.lab.cli(`channel originate PJSIP/${person} extension ${number}@campaign-out`).catch(() => '')
        return { number, person, began }
      }),
    )
    // Up to four seconds of talk, and the ringing of both sides.
    await sleep(6_500, undefined, { signal })
    return (phones) =>
      dialled.map(({ number, person, began }) => experiencedOutbound(number, person, began, phones, calleeSince))
  }
  const { did, behaviour } = inbound(calls)
  const { numbers, rate } = calls
  let since = 0
  const results = await stage.lab.trunk.call({
    ...{ from: numbers, did, count: numbers.length, rate, signal, ...behaviour },
    onStart: () => {
      since = Date.now()
    },
  })
  return (phones) => experiencedInbound(calls, results, since, phones)
}

const PATIENCE_MS = 6_000

function inbound({ kind, talkMs }: PlannedCalls) {
  const talk = (ms: number) => ({ hangUp: 'caller', talkMs: ms, giveUpAfterMs: PATIENCE_MS }) as const
  switch (kind) {
    case 'talk-pbx':
      return { did: dids.endedByPbx, behaviour: talk(9_000) }
    case 'given-up':
      return { did: dids.silent, behaviour: { giveUpAfterMs: talkMs } }
    case 'refused':
      return { did: dids.refused, behaviour: { giveUpAfterMs: PATIENCE_MS } }
    default:
      return { did: dids.answered, behaviour: talk(talkMs) }
  }
}
