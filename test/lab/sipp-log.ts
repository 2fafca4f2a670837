/** One line that a scenario wrote with `<log>`: what happened, in which SIP call, at which tick of SIPp's clock. */
export interface SippMark {
  readonly what: string
  readonly callId: string
  /** Milliseconds since SIPp started. */
  readonly at: number
  readonly rest: string
}

export interface TrunkCallResult {
  readonly callId: string
  /** Milliseconds since its SIPp started. */
  readonly invitedAt: number
  readonly answered: boolean
  /** From INVITE to 200, absent when it was not answered. */
  readonly answeredAfterMs?: number
  /** The INVITE's final SIP status; 0 when none came. */
  readonly finalStatus: number
  /** From INVITE to the end. */
  readonly durationMs: number
  readonly endedBy: 'caller' | 'pbx' | 'nobody'
}

/** A call that reached the far side of the trunk. */
export interface OutboundCall {
  readonly number: string
  readonly from: string
  readonly callId: string
  readonly answered: boolean
  readonly cancelled: boolean
  /** Milliseconds since the callee's SIPp started. */
  readonly invitedAt: number
  /** From the answer to the end; absent when it was not answered or has not ended. */
  readonly talkedMs?: number
}

/** @param text the scenarios' log file: `what|call id|tick|rest` a line */
export function parseMarks(text: string): SippMark[] {
  return text.split('\n').flatMap((line) => {
    const [what, callId, tick, ...rest] = line.trim().split('|')
    if (!what || !callId || tick === undefined || !/^\d+$/.test(tick)) return []
    return [{ what, callId, at: Number(tick), rest: rest.join('|') }]
  })
}

/** Folds the caller scenario's marks into one result a call, in the order the calls were made. */
export function callResults(marks: readonly SippMark[]): TrunkCallResult[] {
  return [...Map.groupBy(marks, (mark) => mark.callId).values()].map(resultOf)
}

function resultOf(marks: readonly SippMark[]): TrunkCallResult {
  const at = (what: string) => marks.find((mark) => mark.what === what)?.at
  const invited = at('invited') ?? marks[0]?.at ?? 0
  const answeredAt = at('answered')
  const final = marks.find((mark) => mark.what === 'final')
  const last = marks.at(-1)?.at ?? invited
  return {
    callId: marks[0]?.callId ?? '',
    invitedAt: invited,
    answered: answeredAt !== undefined,
    ...(answeredAt === undefined ? {} : { answeredAfterMs: answeredAt - invited }),
    finalStatus: answeredAt === undefined ? Number(final?.rest ?? 0) : 200,
    durationMs: last - invited,
    endedBy: endedBy(marks),
  }
}

function endedBy(marks: readonly SippMark[]): TrunkCallResult['endedBy'] {
  if (marks.some((mark) => mark.what === 'cancelled' || mark.what === 'hung-up')) return 'caller'
  return marks.some((mark) => mark.what === 'bye' || mark.what === 'final') ? 'pbx' : 'nobody'
}

/** Folds the callee scenario's marks into one call each, in the order they came. */
export function outboundCalls(marks: readonly SippMark[]): OutboundCall[] {
  return [...Map.groupBy(marks, (mark) => mark.callId)].map(([callId, own]) => {
    const invited = own.find((mark) => mark.what === 'invited')
    const [to = '', from = ''] = invited?.rest.split('|') ?? []
    const has = (what: string) => own.some((mark) => mark.what === what)
    const answeredAt = own.find((mark) => mark.what === 'answered')?.at
    const endedAt = own.find((mark) => mark.what === 'bye' || mark.what === 'hung-up')?.at
    return {
      ...{ number: userOf(to), from: userOf(from), callId, invitedAt: invited?.at ?? own[0]?.at ?? 0 },
      ...{ answered: has('answered'), cancelled: has('cancelled') },
      ...(answeredAt !== undefined && endedAt !== undefined && { talkedMs: endedAt - answeredAt }),
    }
  })
}

function userOf(header: string): string {
  return /sips?:([^@>;]+)@/.exec(header)?.[1] ?? ''
}
