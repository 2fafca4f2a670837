import type { AriAddress } from '../asterisk/ari-address.ts'
import type { ClickSettings } from '../click-to-call/click-to-call.ts'
import type { Config } from '../config/schema.ts'
import { everyMinuteOnce } from '../hours/open-minutes.ts'
import { openingHours } from '../hours/opening-hours.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import { ruleBookOf } from '../registration/rules/rule-book.ts'
import type { RegistrationSettings } from '../registration/settings.ts'
import type { ShownCards } from './phase-reactions.ts'

// What each room is given of the configuration: the few things it uses, in its own words.

export function ariAddress({ asterisk }: Config): AriAddress {
  const { url, user, password, application } = asterisk.ari
  return { url, user, password: password.reveal(), application }
}

/**
 * @param firstStartAt epoch milliseconds of the first configured start, from the store.
 * @param listed whether a phone key stands in one of the ignored lists' files now.
 * @param isDismissed whether a CRM user works there no more: their calls go to whoever is next.
 */
export function registrationSettings(
  config: Config,
  firstStartAt: number,
  listed: (phoneKey: string) => boolean = () => false,
  isDismissed: (user: number) => boolean = () => false,
): RegistrationSettings {
  const { service, staff, lines, rules, numbers, hours } = config
  const { people } = staff
  const books = new Map(lines.map((line) => [line.did, ruleBookOf(rules, line.rules, line.pipeline)]))
  const usual = ruleBookOf(rules, {})
  const labels = new Map(lines.map(({ did, label }) => [did, label || did]))
  const { entities, notePerPerson, seconds, popup, missedInMenu, hiddenNumberContact, taskResult } = rules
  const keys = rules.ignore.numbers.map((number) => phoneKey(normalisePhone(number, numbers.country)))
  return {
    ...{ entities, notePerPerson, seconds, popup, missedInMenu, hiddenNumberContact, taskResult, firstStartAt },
    mode: service.mode,
    lineModes: new Map(lines.map(({ did, mode }) => [did, mode])),
    personModes: new Map(people.map(({ extension, mode }) => [extension, mode])),
    users: new Map(
      people.flatMap(({ extension, user }) =>
        user === undefined || isDismissed(user) ? [] : [[extension, user] as const],
      ),
    ),
    names: new Map(people.map(({ extension, name }) => [extension, name])),
    defaultUser: rules.defaultUser,
    country: numbers.country,
    timeZone: hours?.timeZone,
    lineName: (line) => labels.get(line) ?? line,
    isOpen: workingHours(config),
    rulesOf: (line) => books.get(line) ?? usual,
    ignore: {
      numbers: new Set(keys.flatMap((key) => key ?? [])),
      patterns: rules.ignore.patterns.map((pattern) => new RegExp(pattern)),
      extensions: new Set(rules.ignore.extensions),
      lines: new Set(rules.ignore.lines),
      listed,
    },
    onlyExtensions: new Set(rules.onlyExtensions),
    quietAfterSeconds: rules.quietAfterSeconds,
  }
}

/** A line's hours for deadlines, which look at every minute: its own, else the common ones. */
function workingHours({ hours, lines }: Config): (line: string, at: number) => boolean {
  const usual = everyMinuteOnce(openingHours(hours))
  const own = new Map(
    lines.flatMap((line) => (line.hours ? [[line.did, everyMinuteOnce(openingHours(line.hours))] as const] : [])),
  )
  return (line, at) => (own.get(line) ?? usual)(at)
}

/** Which cards are shown: to people in mode `on`, of calls on lines in mode `on`, while the service is on. */
export function shownCards({ service, staff, lines }: Config): ShownCards {
  const silentLines = new Set(lines.filter(({ mode }) => mode !== 'on').map(({ did }) => did))
  const holders = new Set(staff.people.filter(({ mode }) => mode === 'on').map(({ extension }) => extension))
  return {
    ofLine: (line) => service.mode === 'on' && !silentLines.has(line),
    toPerson: (extension) => service.mode === 'on' && holders.has(extension),
  }
}

/** What may be dialled from the CRM, and how. */
export function clickSettings({ service, asterisk, staff, numbers, clickToCall }: Config): ClickSettings {
  const { context, dialOut, countries, paidNumbers, ringSeconds, callerName } = clickToCall
  const on = new Set(staff.people.filter(({ mode }) => mode === 'on').map(({ extension }) => extension))
  return {
    rules: {
      country: numbers.country,
      countries: new Set(countries.length > 0 ? countries : [numbers.country]),
      paid: paidNumbers,
      colleagues: new Set(staff.people.map(({ extension }) => extension)),
    },
    dialOut: dialOut.map(({ pattern, replacement }) => ({ pattern: new RegExp(pattern), replacement })),
    context,
    dialString: asterisk.dialString,
    ringSeconds,
    callerName,
    isOn: (extension) => service.mode === 'on' && on.has(extension),
  }
}
