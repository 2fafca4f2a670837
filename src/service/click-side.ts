import { randomUUID } from 'node:crypto'
import type Router from 'koa-router'
import type { Logger } from 'pino'
import type { AriCommands } from '../asterisk/ari-commands.ts'
import { BoundedMap } from '../calls/bounded-map.ts'
import type { CallTracker } from '../calls/call-tracker.ts'
import type { CardSocket } from '../cards/card-socket.ts'
import { type ClickSettings, type ClickToCall, createClickToCall } from '../click-to-call/click-to-call.ts'
import { ClickRefused } from '../click-to-call/errors.ts'
import { clickMessage } from '../click-to-call/message.ts'
import type { ChangeOriginate } from '../click-to-call/ring-phone.ts'
import { clickRouter } from '../click-to-call/router.ts'
import { openTally } from '../click-to-call/tally-keeper.ts'
import type { EntityRef } from '../crm/port.ts'
import { readJsonBody } from '../http/json-body.ts'
import type { Settings } from '../store/ports.ts'
import type { LiveConfig } from './live-config.ts'
import { personTokens } from './person-tokens.ts'
import { clickSettings } from './settings.ts'

/** More calls than can be under way at once. */
const CLICKS_REMEMBERED = 2_000

export interface ClickSideDeps {
  readonly live: LiveConfig
  /** Where the day's count is kept. */
  readonly state: Settings
  readonly commands: AriCommands
  readonly tracker: Pick<CallTracker, 'events'>
  readonly cards: Pick<CardSocket, 'tell'>
  /** How a click ended: `answered`, or the code why not. */
  readonly ended?: (outcome: string) => void
  readonly log: Logger
  readonly now: () => number
  /** A customer's script. */
  readonly change: ChangeOriginate
}

/** Calls from the CRM: the door they come through, and what follows them. */
export interface ClickSide extends Pick<ClickToCall, 'react' | 'hear'> {
  /** The card on which a call was started. */
  clickedOn(callId: string): EntityRef | undefined
  readonly router: Router
}

/** @throws StoreError */
export async function createClickSide(deps: ClickSideDeps): Promise<ClickSide> {
  const { ended = () => undefined, live, state, commands, tracker, cards, log, now } = deps
  const { dailyCap, dailyCapTotal } = live.current().clickToCall
  // Somebody who is switched off is told so; to a stranger the door stays shut.
  const tokens = live.derive((config) => personTokens(config, ['off', 'watch', 'on']))
  const cardsOfClicks = new BoundedMap<string, EntityRef>(CLICKS_REMEMBERED)
  const clickToCall = createClickToCall({
    settings: followed(live.derive(clickSettings)),
    commands,
    tally: await openTally(state, { perPerson: dailyCap, total: dailyCapTotal }, now),
    eventsOf: tracker.events,
    tell: (click) => {
      if (click.state === 'answered' || click.state === 'failed') ended(click.reason ?? 'answered')
      const { entity } = click
      if (entity && entity.kind !== 'customer') cardsOfClicks.set(click.call, { kind: entity.kind, id: entity.id })
      cards.tell(click.extension, clickMessage(click))
    },
    newId: randomUUID,
    change: deps.change,
    now,
    log,
  })
  const counted: ClickToCall['start'] = async (extension, request) => {
    try {
      return await clickToCall.start(extension, request)
    } catch (error) {
      if (error instanceof ClickRefused) ended(error.code)
      throw error
    }
  }
  const router = clickRouter({
    clickToCall: { ...clickToCall, start: counted },
    authenticate: (token) => tokens()(token),
    readJson: readJsonBody,
    now,
  })
  return { router, react: clickToCall.react, hear: clickToCall.hear, clickedOn: (callId) => cardsOfClicks.get(callId) }
}

/** What holds when it is asked for. */
function followed(settings: () => ClickSettings): ClickSettings {
  return {
    get rules() {
      return settings().rules
    },
    get dialOut() {
      return settings().dialOut
    },
    get context() {
      return settings().context
    },
    get dialString() {
      return settings().dialString
    },
    get ringSeconds() {
      return settings().ringSeconds
    },
    get callerName() {
      return settings().callerName
    },
    isOn: (extension) => settings().isOn(extension),
  }
}
