import { z } from 'zod'
import { Hours, isTimeZone } from './hours-schema.ts'
import { Rules } from './rules-schema.ts'
import { Secret } from './secret.ts'

/** What the example file holds where only the owner knows the value. */
export const PLACEHOLDER = 'CHANGE-ME'
const secret = z
  .string()
  .min(1)
  .refine((value) => !value.startsWith(PLACEHOLDER), "your own value in place of the example's")
  .transform((value) => new Secret(value))
const port = z.int().min(1).max(65_535)
const extension = z.string().regex(/^\d{1,15}$/, 'digits of an extension, like "101"')
const dial = z.string().regex(/^\+?\d{5,15}$/, 'a phone number: digits, with a leading plus if you like')
const pattern = z.string().refine(isRegExp, 'a regular expression, like "^1\\\\d\\\\d$"')
const mode = z
  .enum(['off', 'watch', 'on'])
  .describe(
    'off: as if it were not there. watch: journal only, nothing written to the CRM, nobody routed. on: everything.',
  )

const Administrator = z
  .strictObject({
    login: z
      .string()
      .regex(/^[\w.@-]{1,40}$/, 'letters, digits and . _ @ -')
      .describe('Name to log in with.'),
    passwordHash: secret.describe('scrypt hash of the password; `callweave setup` makes it.'),
  })
  .describe('One administrator.')

const Webserver = z
  .strictObject({
    host: z.string().min(1).default('0.0.0.0').describe('Address to listen on.'),
    port: port.default(8077).describe('HTTP port. From outside the own network it takes no token.'),
    administrators: z
      .array(Administrator)
      .default([])
      .describe('Who may use the page of settings. The installer asks for the first one.'),
    https: z
      .strictObject({
        port: port.default(8078).describe('HTTPS and WSS port.'),
        certificate: z
          .string()
          .min(1)
          .describe('PEM file with the certificate and its chain; read anew when it changes.'),
        key: z.string().min(1).describe('PEM file with the private key.'),
      })
      .optional()
      .describe("What amoCRM's pages need: browsers let them speak with https and wss only."),
  })
  .describe('Where browsers and monitoring reach Callweave.')

const Ari = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .default('http://127.0.0.1:8088')
      .describe("Address of Asterisk's HTTP server, with its prefix if http.conf sets one."),
    user: z.string().min(1).default('callweave').describe('User of ari.conf.'),
    password: secret.describe("That user's password."),
    application: z
      .string()
      .regex(/^[\w-]{1,40}$/, 'letters, digits, - and _')
      .default('callweave')
      .describe('Name of the Stasis application; the generated dialplan uses the same.'),
  })
  .describe('Asterisk REST Interface: commands and live events.')

const Asterisk = z
  .strictObject({
    ari: Ari,
    flavour: z
      .enum(['plain', 'freepbx', 'issabel'])
      .default('plain')
      .describe('What stands on top of Asterisk; decides the dialplan that is generated.'),
    askIn: z
      .enum(['destination', 'all-lines', 'nowhere'])
      .default('destination')
      .describe(
        'FreePBX and Issabel: where calls ask. destination: behind the Custom Destination callweave-route,s,1. all-lines: every inbound call, before its route. nowhere: calls are watched only. Render the dialplan again after a change.',
      ),
    directory: z
      .string()
      .min(1)
      .default('/etc/asterisk')
      .describe("Asterisk's configuration directory, for `callweave dialplan --install`."),
    trunks: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Endpoint names of the trunks. When listed, arrivals from other endpoints are noise (scanners); empty: every endpoint that is no extension is a trunk.',
      ),
    dialString: z
      .string()
      .includes('{extension}')
      .default('PJSIP/{extension}')
      .describe('How a plain dialplan dials an extension.'),
  })
  .describe('The PBX.')

const Database = z
  .strictObject({
    host: z.string().min(1).default('127.0.0.1').describe('MySQL/MariaDB server.'),
    port: port.default(3306).describe('Its port.'),
    user: z.string().min(1).default('callweave').describe('A user who may SELECT from the two tables.'),
    password: secret.describe("That user's password."),
    name: z.string().min(1).default('asteriskcdrdb').describe('Database of the tables.'),
    cdrTable: z.string().regex(/^\w+$/).default('cdr').describe('Table of call detail records.'),
    celTable: z.string().regex(/^\w+$/).default('cel').describe('Table of channel event logging.'),
    timeZone: z
      .string()
      .refine(isTimeZone, 'an IANA zone, like "Europe/Moscow"')
      .optional()
      .describe("Zone of the tables' times; left out: worked out from the rows."),
  })
  .describe('CDR and CEL, the second witness. Callweave only reads.')

const Crm = z
  .strictObject({
    url: z
      .string()
      .refine(isSafeCrmUrl, 'an https address, like "https://acme.amocrm.ru" (http only on 127.0.0.1)')
      .describe('Address of the amoCRM or Kommo account.'),
    token: secret.describe('Long-lived token of a private integration, made by an administrator of the account.'),
    requestsPerSecond: z
      .number()
      .min(0.2)
      .max(7)
      .default(6)
      .describe("Pace of all requests. amoCRM allows 7 a second; the widget's own count too."),
    inFlight: z.int().min(1).max(6).default(3).describe('Requests under way at once.'),
    refreshSeconds: z.int().min(5).max(3600).default(30).describe('How often changes of contacts are fetched.'),
  })
  .describe('The CRM account.')

const Person = z
  .strictObject({
    extension: extension.describe("The person's extension."),
    name: z.string().default('').describe('For messages and pages.'),
    user: z
      .int()
      .positive()
      .optional()
      .describe("The person's user id in the CRM; left out: calls are registered under the extension."),
    mobiles: z
      .array(dial)
      .default([])
      .describe("The person's outside numbers: a call to one of them is a call to the person."),
    mode: mode.default('on'),
    token: secret
      .optional()
      .describe(
        "Opens this person's cards (/crm/cardws) and click-to-call. At least 16 characters; left out: neither.",
      ),
  })
  .describe('One employee.')

const Staff = z
  .strictObject({
    internal: pattern
      .optional()
      .describe(
        'Regular expression of extensions that belong to nobody listed (meeting rooms, doors): they are people of the house, never clients.',
      ),
    people: z.array(Person).default([]).describe('Everybody whose calls matter.'),
  })
  .describe('Who works here.')

const Line = z
  .strictObject({
    did: z.string().min(1).describe('The number dialled, as the trunk delivers it.'),
    label: z.string().default('').describe('Name of the line for people.'),
    mode: mode.default('on'),
    routing: z
      .enum(['default', 'responsible'])
      .default('default')
      .describe("default: the PBX's own route. responsible: the client's manager first, then the PBX's own route."),
    ringSeconds: z
      .int()
      .min(3)
      .max(120)
      .default(15)
      .describe("How long the responsible's phone rings before the PBX's own route goes on."),
    pipeline: z
      .int()
      .positive()
      .optional()
      .describe("CRM pipeline of this line's incoming leads (unsorted); left out: the account's main one."),
    decisionSeconds: z
      .number()
      .min(0.2)
      .max(10)
      .optional()
      .describe(
        'How long calls to this line wait for the routing decision; left out: service.decisionSeconds. Render the dialplan again after a change.',
      ),
    hours: Hours.describe('When somebody may be rung on this line; left out: the common `hours`.'),
    recording: z
      .enum(['force', 'yes', 'dontcare', 'no', 'never'])
      .default('dontcare')
      .describe(
        "FreePBX and Issabel, askIn all-lines: how a routed ring is recorded; set what the line's inbound route says. Render the dialplan again after a change.",
      ),
  })
  .describe('One line.')

const Numbers = z
  .strictObject({
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'two capital letters, like "RU"')
      .default('RU')
      .describe('Country of numbers written without a country code.'),
  })
  .describe('Phone numbers.')

const DialOut = z
  .strictObject({
    pattern: pattern.describe('Regular expression over the number in E.164: `^\\+7`.'),
    replacement: z
      .string()
      .regex(/^\+?(\d|\$[1-9])*$/, 'digits, a leading plus, $1 for a group')
      .describe('What stands there instead: `8`.'),
  })
  .describe('One way to rewrite a number.')

const ClickToCall = z
  .strictObject({
    context: z
      .string()
      .regex(/^[\w-]{1,79}$/, 'the name of a dialplan context')
      .default('from-internal')
      .describe('Context that dials a number as a call by hand from that phone would.'),
    dialOut: z
      .array(DialOut)
      .default([])
      .describe('How the PBX wants outside numbers; the first rule that fits counts. Empty: E.164, `+79221532327`.'),
    countries: z
      .array(z.string().regex(/^[A-Z]{2}$/, 'two capital letters, like "RU"'))
      .default([])
      .describe('Countries that may be called. Empty: only `numbers.country`.'),
    paidNumbers: z
      .boolean()
      .default(false)
      .describe('Allow premium-rate, shared-cost, universal-access and personal numbers.'),
    ringSeconds: z.int().min(5).max(120).default(30).describe("How long the person's own phone rings."),
    callerName: z
      .string()
      .max(40)
      .default('CRM')
      .describe("Shown on the person's phone beside the client's number; the client sees what a call by hand shows."),
    dailyCap: z.int().min(1).max(100_000).default(200).describe('Calls a person may start on one day.'),
    dailyCapTotal: z.int().min(1).max(1_000_000).default(2_000).describe('Calls all may start together on one day.'),
  })
  .describe('Calls started from the CRM.')

const Service = z
  .strictObject({
    mode: mode
      .default('watch')
      .describe(
        'off: idle. watch: journal only, nothing written to the CRM, nobody routed (where a fresh install starts). on: everything.',
      ),
    pbx: z
      .string()
      .regex(/^[a-z0-9-]{1,30}$/, 'small letters, digits and -')
      .default('main')
      .describe('Name of this PBX in keys and in the CRM. Never change it: calls would be registered anew.'),
    directory: z.string().min(1).default('/var/lib/callweave').describe('Where the service keeps its own state.'),
    log: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('How much is logged.'),
    decisionSeconds: z
      .number()
      .min(0.2)
      .max(10)
      .default(1.5)
      .describe("How long a call waits for the routing decision before it takes the PBX's own route."),
  })
  .describe('The service itself.')

/** The whole configuration file. Every default lives here and nowhere else. */
export const ConfigFile = z.strictObject({
  service: Service.prefault({}),
  webserver: Webserver.prefault({}),
  asterisk: Asterisk,
  database: Database.optional(),
  crm: Crm,
  hours: Hours.describe("When somebody may be rung; outside, calls take the PBX's own route. Left out: always."),
  staff: Staff.prefault({}),
  lines: z.array(Line).default([]).describe('The numbers clients dial. Lines not listed follow the defaults.'),
  rules: Rules.prefault({}),
  numbers: Numbers.prefault({}),
  clickToCall: ClickToCall.prefault({}),
})
export type Config = z.infer<typeof ConfigFile>

function isRegExp(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}

/** A token must not travel in the clear; a machine talking to itself may. */
function isSafeCrmUrl(text: string): boolean {
  const url = URL.parse(text)
  if (url === null) return false
  const alone = url.hostname === '127.0.0.1' || url.hostname === 'localhost'
  return url.protocol === 'https:' || (url.protocol === 'http:' && alone)
}
