import type { Call } from '../calls/call.ts'
import type { EntityChange, NewLead } from '../crm/leads-port.ts'
import type { EntityRef, NewCallNote, NewContact, NewIncomingLead, NewTask } from '../crm/port.ts'
import type { HookPoint } from './points.ts'

export type { Call, EntityChange, EntityRef, HookPoint, NewCallNote, NewContact, NewIncomingLead, NewLead, NewTask }

/**
 * A customer's script, the default export of `hooks/<point>.ts`. What it returns is merged over `value`; nothing returned leaves it as it was.
 * Where a record is made (contact, lead, task) the answer may depend on the input alone: after a lost answer the record is looked for by it.
 */
export type Hook<Point extends HookPoint = HookPoint> = (
  input: HookInput<Point>,
  tools: HookTools,
  // biome-ignore lint/suspicious/noConfusingVoidType: a function that returns nothing is a hook that changes nothing
) => HookAnswer<Point> | undefined | void | Promise<HookAnswer<Point> | undefined | void>

/** What a hook may change, by point. Instants are epoch milliseconds, durations seconds, numbers E.164. */
export interface HookValues {
  /** Whether the call is registered at all. */
  readonly 'need-registration': boolean
  /** The client's number before anybody is looked up. */
  readonly 'client-phone': string
  readonly 'contact-creation': NewContact
  readonly 'unsorted-creation': NewIncomingLead
  readonly 'lead-creation': NewLead
  readonly 'task-creation': NewTask
  /** The call's note: person, author, card, text, link, status. */
  readonly 'call-parameters': NewCallNote
  readonly 'contact-update': EntityChange
  readonly 'lead-update': EntityChange
  /** A recording as Asterisk named it; empty when it named none. */
  readonly 'recording-path': string
  /** The note is written; nothing can be changed any more. */
  readonly 'post-registration': { readonly entity: EntityRef; readonly note: number }
  readonly routing: RoutingProposal
  readonly originate: OriginateProposal
  /** The client as the card shows them. */
  readonly card: ShownClient
}

/** What a hook may answer: the same value or a part of it. */
export type HookAnswer<Point extends HookPoint> = Point extends 'need-registration'
  ? /** A text is a reason for not registering it. */ boolean | string
  : HookValues[Point] extends string
    ? string
    : Partial<HookValues[Point]>

/** Whom a call rings first. */
export interface RoutingProposal {
  /** Empty: the PBX's own route. */
  readonly extension: string
  readonly ringSeconds: number
  /** What phones show; left out: as the trunk told it. */
  readonly callerName?: string
}

/** How a click becomes a call: the person's phone is rung, then `dialled` is dialled from it. */
export interface OriginateProposal {
  /** `PJSIP/101` */
  readonly endpoint: string
  /** Dialplan context in which the client's number is dialled. */
  readonly context: string
  readonly dialled: string
  readonly callerName: string
  readonly ringSeconds: number
  /** Channel variables besides Callweave's own. */
  readonly variables: Readonly<Record<string, string>>
}

export type ShownClient =
  | { readonly state: 'looking' | 'unknown' }
  | {
      readonly state: 'known'
      readonly kind: 'contact' | 'company'
      readonly id: number
      readonly name: string
      /** CRM user. */
      readonly owner: number
    }

export interface HookLine {
  /** DID or trunk. */
  readonly did: string
  /** Its name for people; the DID where it has none. */
  readonly label: string
}

export interface HookPerson {
  readonly extension: string
  readonly name: string
  /** CRM user; left out for whoever is not in the CRM. */
  readonly user?: number
}

export interface HookClient extends EntityRef {
  readonly kind: 'contact' | 'company'
  readonly name: string
  readonly owner: number
}

export interface HookLead {
  readonly id: number
  readonly name: string
  readonly owner: number
  readonly pipeline: number
  readonly status: number
}

interface Told<Point extends HookPoint> {
  readonly point: Point
  readonly value: HookValues[Point]
  /** Name of the PBX. */
  readonly pbx: string
  readonly line: HookLine
  /** Whose phones rang or talked in the call, or are about to. */
  readonly people: readonly HookPerson[]
  /** The card the call is with, once that is known. */
  readonly client?: EntityRef
  /** Everybody who has the number in the CRM, oldest first, as our index knows them. */
  readonly clients: readonly HookClient[]
  /** Their open leads, the latest changed first, as our index knows them. */
  readonly openLeads: readonly HookLead[]
}

export type HookInput<Point extends HookPoint> = Told<Point> &
  (Point extends 'routing'
    ? { readonly stage: 'arrival'; readonly question: RoutingQuestion }
    : Point extends 'originate'
      ? { readonly stage: 'click'; readonly click: HookClick }
      : { readonly stage: 'ring' | 'answer' | 'end'; readonly call: Call })

/** A caller who waits in the dialplan. */
export interface RoutingQuestion {
  readonly number: string
  /** What the caller's side calls itself. */
  readonly displayName: string
  readonly at: number
  /** Why the proposal is what it is: `owner-of-contact`, `nobody-free` … */
  readonly why: string
  /** Who was passed over, in order. */
  readonly skipped: readonly { readonly extension?: string; readonly user?: number; readonly why: string }[]
}

/** A person's click in the CRM. */
export interface HookClick {
  readonly extension: string
  /** The client's number in E.164, or a colleague's extension. */
  readonly number: string
  readonly entity?: { readonly kind: string; readonly id: number }
}

export interface HookTools {
  readonly crm: HookCrm
  /** A line in the service's log. */
  log(text: string): void
  /** Aborts when the hook's time is up. */
  readonly signal: AbortSignal
}

/**
 * The CRM's own interface, at our pace and with our authorisation. Paths begin with `/api/v4/`. Answers are its JSON; undefined where it has none
 * (nothing found). Rejects when the CRM refuses, when a run asks too often, or takes too long.
 */
export interface HookCrm {
  get(path: string): Promise<unknown>
  post(path: string, body: unknown): Promise<unknown>
  patch(path: string, body: unknown): Promise<unknown>
}
