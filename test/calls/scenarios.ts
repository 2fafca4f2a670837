import type { Scenarios } from './scenario.ts'
import { clickStories } from './scenarios/click-to-call.ts'
import { conferenceStories } from './scenarios/conference.ts'
import { forwardingStories } from './scenarios/forwarding.ts'
import { inboundStories } from './scenarios/inbound.ts'
import { internalStories } from './scenarios/internal.ts'
import { ivrAndVoicemailStories } from './scenarios/ivr-and-voicemail.ts'
import { outboundStories } from './scenarios/outbound.ts'
import { pickupAndParkingStories } from './scenarios/pickup-and-parking.ts'
import { queuesAndGroupsStories } from './scenarios/queues-and-groups.ts'
import { transfersAttendedStories } from './scenarios/transfers-attended.ts'
import { transfersBlindStories } from './scenarios/transfers-blind.ts'

/** Every story the lab can drive, by name. */
export const scenarios: Scenarios = {
  ...inboundStories,
  ...ivrAndVoicemailStories,
  ...queuesAndGroupsStories,
  ...transfersBlindStories,
  ...transfersAttendedStories,
  ...forwardingStories,
  ...pickupAndParkingStories,
  ...conferenceStories,
  ...outboundStories,
  ...clickStories,
  ...internalStories,
}
