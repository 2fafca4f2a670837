import type { Scenarios } from './scenario.ts'
import { clickStories } from './scenarios/click-to-call.ts'
import { conferenceStories } from './scenarios/conference.ts'
import { forwardingStories } from './scenarios/forwarding.ts'
import { inboundStories } from './scenarios/inbound.ts'
import { internalStories } from './scenarios/internal.ts'
import { ivrAndVoicemailStories } from './scenarios/ivr-and-voicemail.ts'
import { joinedCallsStories } from './scenarios/joined-calls.ts'
import { outboundStories } from './scenarios/outbound.ts'
import { pickupAndParkingStories } from './scenarios/pickup-and-parking.ts'
import { queuesAndGroupsStories } from './scenarios/queues-and-groups.ts'
import { secondTrunkStories } from './scenarios/second-trunk.ts'
import { strangersStories } from './scenarios/strangers.ts'
import { transfersAttendedStories } from './scenarios/transfers-attended.ts'
import { transfersBlindStories } from './scenarios/transfers-blind.ts'
import { transfersReturnedStories } from './scenarios/transfers-returned.ts'

/** Every story the lab can drive, by name. */
export const scenarios: Scenarios = {
  ...inboundStories,
  ...ivrAndVoicemailStories,
  ...queuesAndGroupsStories,
  ...transfersBlindStories,
  ...transfersAttendedStories,
  ...transfersReturnedStories,
  ...forwardingStories,
  ...pickupAndParkingStories,
  ...conferenceStories,
  ...outboundStories,
  ...secondTrunkStories,
  ...clickStories,
  ...internalStories,
  ...joinedCallsStories,
  ...strangersStories,
}
