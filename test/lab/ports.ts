export const EXTENSIONS = ['101', '102', '103', '104', '105'] as const
export type Extension = (typeof EXTENSIONS)[number]

/** More slots than a developer and a CI job need at once, few enough to keep every port below 10000. */
export const SLOTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const

/** Several `trunk.call` may run at once, each is a SIPp process with a port of its own. */
const TRUNK_CALLERS = 8

/** How many UDP ports each slot's Asterisk may use for media: four a call with two legs. */
const MEDIA_PORTS = 2000

export interface Ports {
  readonly sip: number
  readonly ari: number
  readonly database: number
  readonly trunkCallers: readonly number[]
  readonly trunkCallee: number
  readonly rtpStart: number
  readonly rtpEnd: number
  /** First media port of the SIPp processes: 20 ports each. */
  readonly trunkMedia: number
  readonly phones: Readonly<Record<Extension, PhonePorts>>
}

export interface PhonePorts {
  readonly sip: number
  readonly control: number
  /** `first-last` as baresip's configuration has it. */
  readonly rtp: string
}

/**
 * Every port of a lab follows from its slot, so that several labs share one network without talking to each other.
 * @param slot 0…9
 */
export function portsOf(slot: number): Ports {
  const base = 500 * slot
  const rtpStart = 12_000 + MEDIA_PORTS * slot
  const media = 32_000 + 700 * slot
  return {
    sip: 5060 + base,
    ari: 5288 + base,
    database: 5306 + base,
    trunkCallers: Array.from({ length: TRUNK_CALLERS }, (_, index) => 5080 + base + index),
    trunkCallee: 5090 + base,
    rtpStart,
    rtpEnd: rtpStart + MEDIA_PORTS - 1,
    trunkMedia: media + 500,
    phones: {
      '101': phonePorts(base, media, 0),
      '102': phonePorts(base, media, 1),
      '103': phonePorts(base, media, 2),
      '104': phonePorts(base, media, 3),
      '105': phonePorts(base, media, 4),
    },
  }
}

function phonePorts(base: number, media: number, index: number): PhonePorts {
  const first = media + 100 * index
  // baresip takes the next port too, for TLS.
  return { sip: 5100 + base + 2 * index, control: 5201 + base + index, rtp: `${first}-${first + 99}` }
}
