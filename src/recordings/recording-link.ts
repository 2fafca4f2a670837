import { posix } from 'node:path'
import type { KeyRing } from './key-ring.ts'
import type { LinkedCall } from './recorded-call.ts'
import { sign } from './signature.ts'
import { dayOf, filled } from './template.ts'

export interface LinkSettings {
  readonly pbx: string
  /** What browsers on the CRM's pages reach this service by; undefined: there are no links. */
  readonly publicUrl: string | undefined
  /** Template of an address elsewhere, where recordings are not served by us. */
  readonly storageLink: string | undefined
  readonly timeZone: string | undefined
}

/**
 * The address a CRM may keep for a call, valid as long as its key, or undefined where there is none to give. It may be given before the file is there.
 * Nobody talked: no link (reference amocrm.md 15), whatever a queue recorded.
 * @param expected the recording is known of although the call names no file (from CDR, or from a customer's storage).
 */
export function recordingLink(
  call: LinkedCall,
  { pbx, publicUrl, storageLink, timeZone }: LinkSettings,
  keys: Pick<KeyRing, 'current'>,
  expected = false,
): string | undefined {
  if (!call.answered) return undefined
  if (storageLink !== undefined) return filled(storageLink, linkValues(call, timeZone))
  if (publicUrl === undefined || (call.recordings.length === 0 && !expected)) return undefined
  const key = keys.current()
  return (
    key && `${publicUrl.replace(/\/+$/, '')}/records/${encodeURIComponent(call.id)}.mp3?sig=${sign(key, pbx, call.id)}`
  )
}

/** Numbers and names come from strangers: each is one piece of an address, whatever is in it. */
function linkValues(call: LinkedCall, timeZone: string | undefined): Readonly<Record<string, string>> {
  const { id, client, line, recordings, startedAt } = call
  const file = posix.parse(recordings[0] ?? '').name
  const values = { id, client, line, file, ...dayOf(startedAt, timeZone) }
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, encodeURIComponent(value)]))
}
