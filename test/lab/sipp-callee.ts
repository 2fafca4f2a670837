import { content, logged, mark, response, sdp, send } from './sipp-caller.ts'

export type TrunkAnswer = 'answer' | 'busy' | 'not-found' | 'silent' | 'congestion'

export interface CalleeBehaviour {
  /** How long the far phone rings before it answers. */
  readonly ringMs?: number | undefined
  /** The far side says BYE so long after the answer; without it it stays until the PBX hangs up. */
  readonly hangUpAfterMs?: number | undefined
}

const REFUSALS: Readonly<Record<'busy' | 'not-found' | 'congestion', string>> = {
  busy: '486 Busy Here',
  'not-found': '404 Not Found',
  congestion: '503 Service Unavailable',
}

const LONGEST_MS = 600_000

/** The SIPp scenario of the far side of the trunk, for calls the PBX makes. */
export function calleeScenario(answer: TrunkAnswer, behaviour: CalleeBehaviour): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<scenario name="trunk callee">
  <recv request="INVITE" rrs="true"><action>
    <ereg regexp="^ *(.*)$" search_in="hdr" header="From:" case_indep="true" assign_to="all1,from"/>
    <ereg regexp="^ *(.*)$" search_in="hdr" header="To:" case_indep="true" assign_to="all2,to"/>
    <ereg regexp="^ *([0-9]+)" search_in="hdr" header="CSeq:" case_indep="true" assign_to="all3,cseq"/>
    <ereg regexp=".*" search_in="hdr" header="Via:" case_indep="true" assign_to="via"/>
    <log message="invited|[call_id]|[clock_tick]|[$to]|[$from]"/>
  </action></recv>
  <Reference variables="all1,all2,all3,from,to,cseq,via"/>
  ${body(answer, behaviour)}
  <label id="end"/>
  <nop></nop>
</scenario>
`
}

function body(answer: TrunkAnswer, behaviour: CalleeBehaviour): string {
  switch (answer) {
    case 'silent':
      return `<recv request="CANCEL" timeout="${LONGEST_MS}" ontimeout="end"></recv>`
    case 'answer':
      return answering(behaviour)
    default:
      return `${send(tagged(REFUSALS[answer]))}
  <recv request="ACK" timeout="10000" ontimeout="end">${logged('refused')}</recv>`
  }
}

function answering({ ringMs = 200, hangUpAfterMs = LONGEST_MS }: CalleeBehaviour): string {
  return `${send(tagged('180 Ringing'))}
  <recv request="CANCEL" timeout="${ringMs}" ontimeout="answer">${logged('cancelled')}</recv>
  ${send(response('200 OK'))}
  ${send(toInvite('487 Request Terminated'))}
  <recv request="ACK" timeout="10000" ontimeout="end"></recv>
  <nop next="end"></nop>

  <label id="answer"/>
  ${send(toInvite('200 OK', sdp()), 'retrans="500"')}
  <recv request="ACK">${logged('answered')}</recv>
  <label id="talking"/>
  <recv request="INVITE" optional="true" next="reinvited" timeout="${hangUpAfterMs}" ontimeout="hangup"></recv>
  <recv request="BYE" timeout="${hangUpAfterMs}" ontimeout="hangup">${logged('bye')}</recv>
  ${send(response('200 OK'))}
  <nop next="end"></nop>

  <label id="reinvited"/>
  ${send(response('200 OK', sdp()))}
  <recv request="ACK"></recv>
  <nop next="talking"></nop>

  <label id="hangup"/>
  ${mark('hung-up')}
  ${send(bye(), 'retrans="500"')}
  <recv response="200" timeout="10000" ontimeout="end"></recv>`
}

const TAG = 'tag=callee-[pid]-[call_number]'

/** An answer to the INVITE while it is the last request. */
function tagged(status: string): string {
  return response(status).replace('[last_To:]', `[last_To:];${TAG}`)
}

/** An answer to the INVITE after other requests came: its headers were kept. */
function toInvite(status: string, sdpBody?: string): string {
  return `SIP/2.0 ${status}
Via:[$via]
From: [$from]
To: [$to];${TAG}
[last_Call-ID:]
CSeq: [$cseq] INVITE
Contact: <sip:[local_ip]:[local_port]>
${content(sdpBody)}`
}

function bye(): string {
  return `BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$to];${TAG}
To: [$from]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
${content()}`
}
