import { chooseClient } from '../crm/choose-client.ts'
import { type Availability, type Tolerance, whyNot } from './availability.ts'
import { fillCallerName } from './caller-name.ts'
import type { Candidate, Named, RouteStep, Skipped, SkipReason } from './candidate.ts'
import { type CallerFacts, candidatesFor } from './candidates.ts'

/** How one line is served. */
export interface LineRule extends Tolerance {
  readonly mode: 'off' | 'watch' | 'on'
  /** Somebody is rung before the PBX's own route. */
  readonly routing: boolean
  readonly order: readonly RouteStep[]
  /** Extensions of the line's own list. */
  readonly list: readonly string[]
  readonly ringSeconds: number
  /** How long the dialplan waits for the answer; what would come later is not worth sending. */
  readonly decisionSeconds: number
  /** Name of the line for people; empty when it has none. */
  readonly label: string
  /** Template of what phones show. */
  readonly callerName: string
}

export interface RouteFacts extends CallerFacts {
  readonly line: LineRule
  /** What the caller's own side calls itself. */
  readonly displayName: string
  /** The caller's number is a colleague's mobile. */
  readonly isStaff: boolean
  /** Somebody may be rung: it is within the line's hours. */
  readonly open: boolean
  /** False while the contact index is being filled for the first time: absence proves nothing. */
  readonly indexComplete: boolean
  readonly people: Availability
  /** Epoch milliseconds. */
  readonly at: number
}

/** Where a call goes, and why: the reason is kept, so that nobody has to guess. */
export type Route =
  | {
      readonly kind: 'default'
      readonly why: RouteReason
      readonly callerName?: string
      readonly skipped: readonly Skipped[]
    }
  | {
      readonly kind: 'ring'
      readonly why: Named
      readonly extension: string
      readonly seconds: number
      readonly callerName?: string
      readonly skipped: readonly Skipped[]
    }

export type RouteReason =
  | 'line-not-on'
  | 'line-keeps-default-route'
  | 'caller-is-staff'
  | 'outside-hours'
  | 'index-not-complete'
  | 'unknown-client'
  /** The line's order names nobody for this client. */
  | 'nobody-named'
  /** Everybody it names was skipped. */
  | 'nobody-free'
  /** A customer's script took the proposal back. */
  | 'default-by-hook'

/** The answer to one inbound call. Pure. */
export function chooseRoute(facts: RouteFacts): Route {
  const { line, open, isStaff } = facts
  if (line.mode !== 'on') return { kind: 'default', why: 'line-not-on', skipped: [] }
  const name = callerNameOf(facts)
  const passed = (why: RouteReason, skipped: readonly Skipped[] = []): Route => ({
    kind: 'default',
    why,
    ...name,
    skipped,
  })
  if (!line.routing) return passed('line-keeps-default-route')
  if (isStaff) return passed('caller-is-staff')
  if (!open) return passed('outside-hours')
  const candidates = candidatesFor(line.order, facts, line.list)
  if (candidates.length === 0) return passed(whyNobody(facts))
  const { found, skipped } = firstFree(candidates, facts)
  if (!found) return passed('nobody-free', skipped)
  return { kind: 'ring', why: found.named, extension: found.extension, seconds: line.ringSeconds, ...name, skipped }
}

function whyNobody({ clients, indexComplete }: RouteFacts): RouteReason {
  if (clients.length > 0) return 'nobody-named'
  return indexComplete ? 'unknown-client' : 'index-not-complete'
}

interface Choice {
  readonly found: { readonly named: Named; readonly extension: string } | undefined
  readonly skipped: readonly Skipped[]
}

/** Whoever was skipped once is not looked at again: one line in the journal for a person, by the first reason they were named for. */
function firstFree(candidates: readonly Candidate[], facts: RouteFacts): Choice {
  const skipped = new Map<string, Skipped>()
  for (const candidate of candidates) {
    const { named, user } = candidate
    const extension = candidate.extension ?? facts.people.extensionOf(candidate.user)
    const who = extension ?? `user ${user}`
    if (skipped.has(who)) continue
    const why = whyPassedOver(user, extension, facts)
    if (why === undefined && extension !== undefined)
      return { found: { named, extension }, skipped: [...skipped.values()] }
    skipped.set(who, {
      named,
      why: why ?? 'no-extension',
      ...(user !== undefined && { user }),
      ...(extension !== undefined && { extension }),
    })
  }
  return { found: undefined, skipped: [...skipped.values()] }
}

function whyPassedOver(
  user: number | undefined,
  extension: string | undefined,
  { people, line, at }: RouteFacts,
): SkipReason | undefined {
  if (user !== undefined && people.isDismissed(user)) return 'dismissed'
  return extension === undefined ? 'no-extension' : whyNot(extension, people, line, at)
}

/** An unknown caller keeps what the trunk called them, beside what the line adds. Nothing is told when that changes nothing. */
function callerNameOf({ line, clients, displayName }: RouteFacts): { readonly callerName?: string } {
  const name = chooseClient(clients)?.name ?? displayName
  const company = clients.find(({ kind }) => kind === 'company')?.name ?? ''
  const filled = fillCallerName(line.callerName, { line: line.label, name, company: company === name ? '' : company })
  return filled === '' || filled === displayName ? {} : { callerName: filled }
}
