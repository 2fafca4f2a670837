/** How a caller on the trunk behaves. */
export interface CallerBehaviour {
  /** Sends CANCEL when there is no answer for so long. */
  readonly giveUpAfterMs?: number | undefined
  /** Says BYE so long after the answer; without it the caller stays until the PBX hangs up. */
  readonly talkMs?: number | undefined
  /** Digits the caller presses after the answer, by SIP INFO. */
  readonly dtmf?: { readonly afterMs: number; readonly digits: string } | undefined
  /** A raw A-law file played to the PBX in a loop. */
  readonly audioFile?: string | undefined
}

const FAILURES = [
  300, 302, 400, 401, 403, 404, 405, 407, 408, 410, 415, 420, 480, 481, 482, 483, 484, 486, 487, 488, 491, 500, 501,
  502, 503, 504, 600, 603, 604, 606,
]

/** A call that never ends by itself is ended by SIPp after so long: a forgotten one must not keep the lab. */
const LONGEST_MS = 600_000

/**
 * The SIPp scenario of a caller. INVITE and CANCEL share a fixed branch: SIPp's `[branch]` would give each its own, and a
 * CANCEL with another branch matches nothing (RFC 3261 section 9.1).
 */
export function callerScenario(behaviour: CallerBehaviour): string {
  const { giveUpAfterMs, talkMs = LONGEST_MS } = behaviour
  const patience =
    giveUpAfterMs === undefined
      ? `timeout="${LONGEST_MS}" ontimeout="giveup"`
      : `timeout="${giveUpAfterMs}" ontimeout="giveup"`
  return `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="trunk caller">
  ${mark('invited')}
  ${send(request('INVITE', { branch: INVITE_BRANCH, to: '<sip:[field1]@[remote_ip]:[remote_port]>', body: sdp() }), 'retrans="500"')}
  ${[100, 180, 181, 183].map((status) => `<recv response="${status}" optional="true" ${patience}></recv>`).join('\n  ')}
  ${FAILURES.map((status) => `<recv response="${status}" optional="true" next="failed">${logged('final', String(status))}</recv>`).join('\n  ')}
  <recv response="200" rrs="true" ${patience}>${logged('answered')}</recv>
  ${send(request('ACK', { branch: '[branch]', cseq: 1 }))}
  ${behaviour.audioFile === undefined ? '' : `<nop><action><exec rtp_stream="${behaviour.audioFile},-1,8"/></action></nop>`}
  ${behaviour.dtmf === undefined ? '' : pressing(behaviour.dtmf)}
  <label id="talking"/>
  <recv request="INVITE" optional="true" next="reinvited" timeout="${talkMs}" ontimeout="hangup"></recv>
  <recv request="BYE" timeout="${talkMs}" ontimeout="hangup">${logged('bye')}</recv>
  ${send(response('200 OK'))}
  <nop next="end"></nop>

  <label id="reinvited"/>
  ${send(response('200 OK', sdp()))}
  <recv request="ACK"></recv>
  <nop next="talking"></nop>

  <label id="hangup"/>
  ${mark('hung-up')}
  ${send(request('BYE', { branch: '[branch]', cseq: 90 }), 'retrans="500"')}
  <recv response="200" timeout="10000" ontimeout="end"></recv>
  <nop next="end"></nop>

  <label id="giveup"/>
  ${mark('cancelled')}
  ${send(request('CANCEL', { branch: INVITE_BRANCH, cseq: 1, to: '<sip:[field1]@[remote_ip]:[remote_port]>' }), 'retrans="500"')}
  <recv response="200" timeout="10000" ontimeout="end"></recv>
  <recv response="487" timeout="10000" ontimeout="end">${logged('final', '487')}</recv>
  ${send(request('ACK', { branch: INVITE_BRANCH, cseq: 1 }))}
  <nop next="end"></nop>

  <label id="failed"/>
  ${send(request('ACK', { branch: INVITE_BRANCH, cseq: 1 }))}

  <label id="end"/>
  <nop></nop>
</scenario>
`
}

const INVITE_BRANCH = 'z9hG4bK-[pid]-[call_number]-invite'

interface RequestParts {
  readonly branch: string
  readonly cseq?: number
  /** The To header's value while the PBX has given no tag; afterwards the last To is repeated. */
  readonly to?: string
  readonly body?: string
}

function request(method: string, parts: RequestParts): string {
  const uri =
    method === 'INVITE' || method === 'CANCEL' || parts.branch === INVITE_BRANCH
      ? 'sip:[field1]@[remote_ip]:[remote_port]'
      : '[next_url]'
  return `${method} ${uri} SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=${parts.branch}
From: [field2]<sip:[field0]@[local_ip]:[local_port]>;tag=[pid]-[call_number]
${parts.to === undefined ? '[last_To:]' : `To: ${parts.to}`}
Call-ID: [call_id]
CSeq: ${parts.cseq ?? 1} ${method}
Contact: <sip:[field0]@[local_ip]:[local_port]>
Max-Forwards: 70
${content(parts.body)}`
}

/** Answers the request that came last. */
export function response(status: string, body?: string): string {
  return `SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:]
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port]>
${content(body)}`
}

export function content(body?: string): string {
  return body === undefined ? 'Content-Length: 0\n' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`
}

export function sdp(): string {
  return `v=0
o=trunk 1 1 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 8 0
a=rtpmap:8 PCMA/8000
a=rtpmap:0 PCMU/8000
a=ptime:20
`
}

export function send(message: string, attributes = ''): string {
  return `<send ${attributes}><![CDATA[\n${message}\n]]></send>`
}

export function logged(what: string, rest = ''): string {
  return `<action><log message="${what}|[call_id]|[clock_tick]|${rest}"/></action>`
}

export function mark(what: string): string {
  return `<nop>${logged(what)}</nop>`
}

function pressing(dtmf: { readonly afterMs: number; readonly digits: string }): string {
  const digits = [...dtmf.digits].map((digit, index) => {
    const body = `Signal=${digit}\nDuration=160\n`
    const info = request('INFO', { branch: '[branch]', cseq: 10 + index }).replace(
      'Content-Length: 0\n',
      `Content-Type: application/dtmf-relay\nContent-Length: [len]\n\n${body}`,
    )
    return `${send(info, 'retrans="500"')}\n  <recv response="200"></recv>\n  <pause milliseconds="250"/>`
  })
  return `<pause milliseconds="${dtmf.afterMs}"/>\n  ${digits.join('\n  ')}`
}
