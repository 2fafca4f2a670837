import type { Report } from './report.ts'

/** What a finding means, for a person. */
export function sentenceOf({ finding, cause, detail, waits }: Omit<Report, 'linkedids'>, dry: boolean): string {
  const why = (dry ? wouldBe[finding]?.[cause] : undefined) ?? sentences[finding][cause]
  const sentence = why ?? `${fallback[finding]} (${cause}).`
  const way = waits ? ' It waits to be sent to the CRM.' : ''
  return `${sentence}${way}${detail ? ` ${detail}` : ''}`
}

type Sentences = Readonly<Record<string, string>>

/** By finding and cause. */
const sentences: Readonly<Record<Report['finding'], Sentences>> = {
  right: {
    same: 'It stands in the CRM as it was.',
    written: 'It was written to the CRM before.',
    'just-written': 'It was written to the CRM a moment ago.',
    'in-incoming-lead': 'It stands in an incoming lead.',
    known: 'It is known already.',
    'long-ago': 'It was registered long ago.',
  },
  registered: {
    missing: 'It was missing and is registered now.',
    'left-out-before': 'It had been left out and is registered now, because you asked for it.',
    'in-incoming-lead': 'It was missing and stands in an incoming lead now.',
    'before-restart': 'It was missing and is registered now.',
  },
  repaired: {
    'better-witness': 'It was told by the poorer witness and is told anew.',
    different: 'It stood otherwise in the CRM and is told anew.',
    'sent-again': 'The CRM had refused it; it is sent again.',
  },
  'left-out': {
    skipped: 'It opted out in the dialplan, or its caller is on the blacklist of the PBX.',
    internal: 'It is a call between extensions.',
    'no-client-number': 'It has no number of a client.',
    'before-first-start': 'It began before Callweave was first started.',
    'service-not-on': 'Callweave only watches: service.mode is not "on".',
    'line-not-on': 'Its line only watches: the mode of the line is not "on".',
    'people-not-on': 'Its people only watch: their mode is not "on".',
    'ignored-number': 'Its number is to be ignored.',
    'ignored-line': 'Its line is to be ignored.',
    'ignored-people': 'Its people are to be ignored.',
    hook: 'A hook left it out.',
    forgotten: 'Its client has asked to be forgotten.',
    'not-ended': 'It has no end.',
    rule: 'The rule for unknown numbers makes nobody of this one.',
  },
  'not-due': {
    live: 'It goes on, or is being told by the live witness.',
    fresh: 'It ended minutes ago: live registration may not be done with it. Ask again in five minutes.',
    waiting: 'It is registered and waits to be sent to the CRM.',
    'just-written': 'It was written a moment ago: what stands in the CRM was read before.',
  },
  failed: {
    refused: 'The CRM refused it.',
    'not-taken': 'The CRM was told it several times and still has it otherwise.',
    'not-journalled': 'It could not be written down.',
  },
  'removed-by-people': {
    gone: 'It was in the CRM and people have deleted it; so it stays.',
  },
  adopted: {
    'foreign-note': 'Another program or a person had written it: their note is this call’s.',
    believed: 'Another program or a person had written it, as was found before.',
  },
  doubled: {
    'second-note': 'It stands in the CRM more than once; people decide which one goes.',
    'foreign-note': 'It stands in the CRM twice: once from us, once from another program or a person.',
  },
}

/** The same when nothing was changed. */
const wouldBe: Partial<Readonly<Record<Report['finding'], Sentences>>> = {
  registered: {
    missing: 'It is missing and would be registered.',
    'left-out-before': 'It had been left out and would be registered now.',
  },
  repaired: {
    'better-witness': 'It was told by the poorer witness and would be told anew.',
    different: 'It stands otherwise in the CRM and would be told anew.',
  },
  adopted: { 'foreign-note': 'Another program or a person wrote it: their note would be taken for this call’s.' },
}

/** For a cause this table does not know. */
const fallback: Readonly<Record<Report['finding'], string>> = {
  right: 'It is as it should be',
  registered: 'It was missing and is registered now',
  repaired: 'It was mended',
  'left-out': 'It is not to be registered',
  'not-due': 'It is too early to tell',
  failed: 'It could not be registered',
  'removed-by-people': 'People have deleted it',
  adopted: 'Somebody else had written it',
  doubled: 'It stands in the CRM more than once',
}
