import type { CallEvent, ChannelFacts } from './call-event.ts'
import type { Leg } from './state.ts'

/**
 * The event with what it repeats about these channels shared with what is known already: every message describes its channels anew,
 * and a call keeps dozens of them.
 */
export function withSharedFacts(event: CallEvent, legs: readonly (Leg | undefined)[]): CallEvent {
  switch (event.kind) {
    case 'dial': {
      const { caller, peer } = event
      const shared = { ...event, peer: sharedBy(legs, peer) }
      return caller ? { ...shared, caller: sharedBy(legs, caller) } : shared
    }
    case 'channel-created':
    case 'channel-seen':
    case 'channel-gone':
    case 'hangup-requested':
    case 'bridge-entered':
    case 'bridge-left': {
      const channel = sharedBy(legs, event.channel)
      return channel === event.channel ? event : { ...event, channel }
    }
    default:
      // The others are few.
      return event
  }
}

function sharedBy(legs: readonly (Leg | undefined)[], facts: ChannelFacts): ChannelFacts {
  const leg = legs.find((each) => each?.id === facts.id)
  if (!leg) return facts
  leg.facts = leg.facts ? sharedWith(leg.facts, facts) : facts
  return leg.facts
}

/** The known ones themselves when nothing is new; else the new ones with every text that is known already. */
function sharedWith(known: ChannelFacts, facts: ChannelFacts): ChannelFacts {
  const { state, linkedid, callerNumber, exten, context, app, appData, did, dnid, recording } = known
  const merged: { -readonly [K in keyof ChannelFacts]: ChannelFacts[K] } = { ...facts, id: known.id, name: known.name }
  let news = facts.name !== known.name || facts.createdAt !== known.createdAt || facts.voicemail !== known.voicemail
  news ||= facts.skipped !== known.skipped
  const take = <K extends keyof ChannelFacts>(key: K, value: ChannelFacts[K]): void => {
    if (facts[key] !== value) news = true
    else if (value !== undefined) merged[key] = value
  }
  take('state', state)
  take('linkedid', linkedid)
  take('callerNumber', callerNumber)
  take('exten', exten)
  take('context', context)
  take('app', app)
  take('appData', appData)
  take('did', did)
  take('dnid', dnid)
  take('recording', recording)
  if (!news) return known
  return facts.name === known.name ? merged : facts
}
