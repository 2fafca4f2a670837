import { z } from 'zod'
import { Alerts } from './sections/alerts.ts'
import { Asterisk } from './sections/asterisk.ts'
import { ClickToCall } from './sections/click-to-call.ts'
import { Crm } from './sections/crm.ts'
import { Database } from './sections/database.ts'
import { Hooks } from './sections/hooks.ts'
import { Hours } from './sections/hours.ts'
import { Line } from './sections/line.ts'
import { Numbers } from './sections/numbers.ts'
import { Recordings } from './sections/recordings.ts'
import { Rules } from './sections/rules.ts'
import { Service } from './sections/service.ts'
import { Staff } from './sections/staff.ts'
import { TestCall } from './sections/test-call.ts'
import { Webserver } from './sections/webserver.ts'

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
  recordings: Recordings.prefault({}),
  alerts: Alerts.prefault({}),
  testCall: TestCall.prefault({}),
  hooks: Hooks.prefault({}),
})
export type Config = z.infer<typeof ConfigFile>
