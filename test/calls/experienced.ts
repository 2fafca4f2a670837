/** What the people on the phones experienced, told by who pressed what and when. Seconds are measured where the phones are. */
export interface Experienced {
  readonly direction: 'in' | 'out' | 'internal'
  readonly client: string
  readonly line: string
  /** Empty: only that there was such a call. */
  readonly result: string
  readonly waitSeconds?: number
  readonly talkSeconds?: number
  /** How many stretches the seconds add up from, where that is more than one a person. */
  readonly intervals?: number
  readonly responsible: string
  readonly hangupCause?: number
  readonly people: readonly {
    readonly extension: string
    readonly external?: string
    readonly rang: boolean
    readonly rangSeconds?: number
    readonly talkSeconds?: number
    /** Only live events tell it. */
    readonly holdSeconds?: number
  }[]
  readonly transfers?: readonly { readonly kind: 'blind' | 'attended'; readonly from: string; readonly to: string }[]
  readonly ivr?: string
  readonly recordings?: number
}

/** Numbers of the stories' world: who calls, another outsider, and the mobile of 105. */
export const CLIENT = '79221532327'
export const OTHER = '79161112233'
export const MOBILE_OF_105 = '79990001122'

export const inbound = { direction: 'in', client: `+${CLIENT}` } as const

/** A client who called in and was talked to. */
export const answeredCall = (
  line: string,
  more: Omit<Experienced, 'direction' | 'client' | 'line' | 'result'>,
): Experienced => ({
  ...inbound,
  line,
  result: 'answered',
  ...more,
})

/** A phone that rang and was not taken. */
export const silent = (extension: string, rangSeconds?: number) => ({
  extension,
  rang: true,
  talkSeconds: 0,
  ...(rangSeconds !== undefined && { rangSeconds }),
})

export function outbound(number: string, more: Partial<Experienced>): Experienced {
  return {
    direction: 'out',
    client: `+${number}`,
    line: 'trunk',
    result: 'answered',
    talkSeconds: 0,
    responsible: '',
    people: [],
    ...more,
  }
}
