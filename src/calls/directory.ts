import { mobileOwners } from './mobile-owners.ts'
import type { StaffDirectory } from './staff.ts'

/** What kind of end a channel is. `stranger`: no known trunk, no extension (scanners). */
export type EndKind = 'staff' | 'trunk' | 'pbx' | 'stranger'

/** Answers the two questions parties are told apart by: what is this endpoint, and whose number is this. */
export interface Directory {
  kindOf(technology: string, endpoint: string): EndKind
  /** The extension a dialled number is, by itself or as somebody's mobile. */
  personAt(number: string): { readonly extension: string; readonly mobile: boolean } | undefined
}

/** Asterisk's own channels: they carry media between parts of the PBX and are nobody (design section 3). */
const PBX_TECHNOLOGIES: ReadonlySet<string> = new Set(
  'Local Snoop Surrogate Announcer Recorder Message UnicastRTP MulticastRTP AudioSocket WebSocket CBAnn CBRec Bridge AsyncGoto Parked Multicast Console OutgoingSpoolFailed'.split(
    ' ',
  ),
)
const STRANGERS: ReadonlySet<string> = new Set(['anonymous', 'unknown', ''])

/** chan_sip names a caller it does not know by where they call from. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[?[\da-f]*:[\da-f:.]+\]?)(:\d+)?$/i

/** Trunks left out: whatever is neither staff, the PBX nor anonymous is a trunk. */
export function createDirectory(staff: StaffDirectory, trunks: readonly string[] | undefined): Directory {
  const extensions = new Set(staff.people.map(({ extension }) => extension))
  const known = trunks && new Set(trunks)
  const { ownerOf } = mobileOwners(staff)
  // A forgotten anchor must not find an extension inside every client's number.
  const internal = staff.internal && new RegExp(`^(?:${staff.internal.source})$`, staff.internal.flags)
  const isExtension = (name: string): boolean => extensions.has(name) || (internal?.test(name) ?? false)

  return {
    kindOf(technology, endpoint) {
      if (PBX_TECHNOLOGIES.has(technology)) return 'pbx'
      if (known?.has(endpoint)) return 'trunk'
      if (isExtension(endpoint)) return 'staff'
      if (known || STRANGERS.has(endpoint) || ADDRESS.test(endpoint)) return 'stranger'
      return 'trunk'
    },
    personAt(number) {
      if (number === '') return undefined
      const owner = ownerOf(number)
      if (owner !== undefined) return { extension: owner, mobile: true }
      return isExtension(number) ? { extension: number, mobile: false } : undefined
    },
  }
}
