import { PHONES } from './clients.ts'

/** Lines of the bench, by what happens to their calls. */
export const dids = {
  /** Asked, then refused at once: nobody rings. */
  refused: '7900',
  /** Asked of the bare client instead of the service, then refused at once. */
  refusedBare: '7901',
  /** Asked; a phone rings and answers. Unknown callers reach the phone by the last digit of their number. */
  answered: '7920',
} as const

export const BARE_DECIDER = 'bench-decider'

/** Both questions stand at the same place of the same path; the second goes to the bare client. */
export const dialplan = `
[default-route](+)
exten => ${dids.refused},1,Hangup(17)
exten => ${dids.answered},1,Dial(PJSIP/11\${CALLERID(num):-1},20)
 same => n,Hangup()

[from-trunk](+)
exten => ${dids.refusedBare},1,NoOp(DID \${EXTEN})
 same => n,Set(CDR(did)=\${EXTEN})
 same => n,Gosub(bench-ask,s,1(\${EXTEN}))
 same => n,Hangup(17)

[bench-ask]
exten => s,1,Set(CALLWEAVE_ANSWER=)
 same => n,Set(TIMEOUT(absolute)=2)
 same => n,Stasis(${BARE_DECIDER},inbound,\${ARG1})
 same => n,Set(TIMEOUT(absolute)=0)
 same => n,Return()
exten => T,1,Return()
`

/** Ten phones that are one SIPp process: they ring, answer and stay until the caller hangs up. */
export function endpoints(port: number): string {
  const phones = PHONES.map(
    (extension) => `
[${extension}](bench-phone)
aors=${extension}
[${extension}]
type=aor
contact=sip:${extension}@127.0.0.1:${port}
`,
  )
  return `
[bench-phone](!)
type=endpoint
context=from-internal
disallow=all
allow=alaw
direct_media=no
${phones.join('')}`
}
