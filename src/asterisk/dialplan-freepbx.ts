import { SettingError } from './setting-error.ts'

/** Where calls ask on FreePBX and Issabel: behind a Custom Destination, on all lines before their routes, or not at all. */
export type AskIn = 'destination' | 'all-lines' | 'nowhere'

/** How the PBX calls its own routines: FreePBX up to 16 and Issabel by `Macro()`, FreePBX 17 by `Gosub()` (reference ari.md 6.1). */
export type MacroStyle = 'macro' | 'gosub'

/** The recording policy of an inbound route, in FreePBX's words. */
export type RecordingPolicy = 'force' | 'yes' | 'dontcare' | 'no' | 'never'

export interface FreepbxSettings {
  readonly askIn: AskIn
  readonly macros: MacroStyle
  /** Lines whose routed ring is recorded by another policy than `dontcare`. Counts with `all-lines` only: elsewhere the route has decided. */
  readonly recordings: readonly { readonly did: string; readonly policy: RecordingPolicy }[]
}

/** Characters of a DID that may stand in an expression. */
const DID = /^[0-9A-Za-z+*#@._-]+$/
const cleanDid = String.raw`@{FILTER(0-9A-Za-z+*#@._\x2d,@{FROM_DID})}`
const asks = `Gosub(callweave-in,s,1(@{IF($[@{LEN(@{FROM_DID})} > 0]?${cleanDid}:s)}))`

/** Names of the templates that make calls ask and an extension ring on FreePBX and Issabel. */
export function freepbxTemplates({ askIn }: FreepbxSettings): {
  readonly ways: readonly string[]
  readonly ring: string
} {
  const everywhere = askIn === 'all-lines' ? ['callweave-pstn'] : []
  return { ways: ['callweave-route', ...everywhere], ring: 'callweave-ring.freepbx' }
}

/** What those templates ask for. @throws SettingError */
export function freepbxValues(
  flavour: 'freepbx' | 'issabel',
  { askIn, macros, recordings }: FreepbxSettings,
): readonly (readonly [string, string])[] {
  const values = {
    // A Custom Destination may name the context still: it stands, and lets every call pass.
    ask: askIn === 'nowhere' ? 'NoOp(nobody is asked)' : asks,
    recordings: recordings.map(recordingLine).join(''),
    record: (flavour === 'issabel' ? issabelRecord : freepbxRecord).map((line) => ` same => n,${line}\n`).join(''),
    ringContext: ringContexts[macros],
    ...mailboxBlock[macros],
  }
  return Object.entries(values).map(([name, value]) => [name, value.replaceAll('@{', '$' + '{')])
}

/** Blocking the mailbox is what a ring group does before it dials, freeing it what it does after (reference ari.md 6.2). */
const mailboxBlock: Readonly<Record<MacroStyle, { block: string; blockAgain: string; free: string }>> = {
  macro: {
    block: 'Macro(blkvm-setifempty)',
    blockAgain: 'MacroIf($["@{GOSUB_RETVAL}" != "TRUE"]?blkvm-set,reset)',
    free: 'Macro(blkvm-clr)',
  },
  gosub: {
    block: 'Gosub(macro-blkvm-setifempty,s,1)',
    blockAgain: 'GosubIf($["@{GOSUB_RETVAL}" != "TRUE"]?macro-blkvm-set,s,1(reset))',
    free: 'Gosub(macro-blkvm-clr,s,1)',
  },
}

/**
 * `from-did-direct` is follow-me, then the extension. Where routines are Gosub frames follow-me must be left out: `Return()` empties the
 * variable by which follow-me learns that it is only a part of a call, so it would go on to its own end, often a mailbox (FreePBX 17's
 * generator; measured on a model of it on 22.10).
 */
const ringContexts: Readonly<Record<MacroStyle, string>> = { macro: 'from-did-direct', gosub: 'ext-local' }

const checks = '@{DIALPLAN_EXISTS(sub-record-check,s,1)} = 1'

/** A ring that ext-did has not passed is recorded as its route would have it. */
const freepbxRecord = [
  `GosubIf($[@{LEN(@{CALLWEAVE_RECORD})} > 0 & ${checks}]?sub-record-check,s,1(in,${cleanDid},@{CALLWEAVE_RECORD}))`,
]

/** Issabel's check knows no type "in": forced recording is a type of its own, the rest a policy that the extension's check reads. */
const issabelRecord = [
  `GosubIf($["@{CALLWEAVE_RECORD}" = "force" & ${checks}]?sub-record-check,s,1(force,${cleanDid},always))`,
  'ExecIf($["@{CALLWEAVE_RECORD}" = "yes"]?Set(__REC_POLICY_MODE=always))',
  'ExecIf($["@{CALLWEAVE_RECORD}" = "no" | "@{CALLWEAVE_RECORD}" = "never"]?Set(__REC_POLICY_MODE=never))',
]

function recordingLine({ did, policy }: FreepbxSettings['recordings'][number]): string {
  if (!DID.test(did)) throw new SettingError(`line ${did}: a DID may have digits, letters and + * # @ . _ - only`)
  return ` same => n,ExecIf($["@{ARG1}" = "${did}"]?Set(CALLWEAVE_RECORD=${policy}))\n`
}
