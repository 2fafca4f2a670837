import type Router from 'koa-router'
import type { Logger } from 'pino'
import type { AsteriskLink } from '../asterisk/asterisk-link.ts'
import { dialplanText } from '../asterisk/clean-text.ts'
import type { Log } from '../asterisk/log.ts'
import { createPhoneStates, type PhoneStatesStatus } from '../asterisk/phone-states.ts'
import type { CallTracker } from '../calls/call-tracker.ts'
import { mobileOwners } from '../calls/mobile-owners.ts'
import { type ChangeRoute, changedRoutes } from '../routing/changed-route.ts'
import { createInboundDesk, type DeskCounts, type InboundDeskDeps, type Question } from '../routing/inbound-desk.ts'
import { createFindResponsible } from '../routing/responsible.ts'
import { responsibleRouter } from '../routing/router.ts'
import type { Store } from '../store/ports.ts'
import type { LiveConfig } from './live-config.ts'
import { pbxAdmission } from './pbx-admission.ts'
import { lineHours, lineRules, routedPeople } from './routing-settings.ts'
import type { StaffSide } from './staff-side.ts'

export interface RoutingSideDeps {
  readonly live: LiveConfig
  readonly store: Pick<Store, 'contactIndex' | 'leads' | 'lastTalks' | 'decisions'>
  readonly asterisk: Pick<AsteriskLink, 'commands' | 'now'>
  readonly tracker: Pick<CallTracker, 'isTalking'>
  readonly staff: Pick<StaffSide, 'directory' | 'isDismissed'>
  /** Epoch milliseconds. */
  readonly now: () => number
  readonly log: Logger & Log
  /** How a question ended. */
  readonly ended?: InboundDeskDeps['ended']
  /** How often registrations are read; shorter in tests. */
  readonly phonesEveryMs?: number | undefined
  /** A customer's script. */
  readonly change: ChangeRoute
}

export interface RoutingStatus extends DeskCounts {
  readonly phones: PhoneStatesStatus
}

/** Where calls go first: what is known of phones and people at this moment, and the answers made of it. */
export interface RoutingSide extends AsyncDisposable {
  take(question: Question & { readonly undisturbed: readonly string[] | undefined }): Promise<void>
  readonly router: Router
  /** Looks at the phones now. */
  look(): Promise<void>
  /** Keeps looking at them. */
  run(signal: AbortSignal): Promise<void>
  status(): RoutingStatus
}

export function createRoutingSide(deps: RoutingSideDeps): RoutingSide {
  const { live, store, asterisk, tracker, staff, now, log, phonesEveryMs, ended } = deps
  const { dialString, doNotDisturb } = live.current().asterisk
  const phones = createPhoneStates({
    ...{ commands: asterisk.commands, dialString, doNotDisturb, now, log },
    ...(phonesEveryMs !== undefined && { everyMs: phonesEveryMs }),
  })
  const rules = live.derive(lineRules)
  const hours = live.derive(lineHours)
  const people = live.derive(routedPeople)
  const mobiles = live.derive(() => mobileOwners(staff.directory))
  const lineOf = (did: string) => rules()(did)
  const find = changedRoutes(
    createFindResponsible({
      index: store.contactIndex,
      leads: store.leads,
      lastTalks: store.lastTalks,
      people: {
        extensionOf: (user) => people().extensionOf(user),
        personAt: (extension) => people().personAt(extension),
        isDismissed: staff.isDismissed,
        isUnregistered: phones.isUnregistered,
        isUndisturbed: phones.isUndisturbed,
        isTalking: tracker.isTalking,
      },
      isOpen: (did, at) => hours()(did, at),
      isStaffMobile: (number) => mobiles().ownerOf(number) !== undefined,
      country: () => live.current().numbers.country,
    }),
    deps.change,
  )
  const desk = createInboundDesk({
    ...{ find, lineOf, log },
    asteriskNow: asterisk.now,
    answer: asterisk.commands.answerQuestion,
    decisions: store.decisions,
    pbx: live.current().service.pbx,
    ...(ended && { ended }),
  })
  return {
    take: (question) => {
      if (question.undisturbed) phones.undisturbedAre(question.undisturbed)
      return desk.take(question)
    },
    router: responsibleRouter({
      ...{ find, lineOf, look: phones.look },
      admit: pbxAdmission(live.current().webserver.pbxToken),
      clean: dialplanText,
      now: asterisk.now,
    }),
    look: phones.look,
    run: phones.run,
    status: () => ({ ...desk.counts(), phones: phones.status() }),
    [Symbol.asyncDispose]: desk.written,
  }
}
