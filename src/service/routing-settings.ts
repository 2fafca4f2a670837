import type { Config } from '../config/schema.ts'
import { Routing } from '../config/sections/routing.ts'
import { openingHours } from '../hours/opening-hours.ts'
import type { RoutedPerson } from '../routing/availability.ts'
import type { LineRule } from '../routing/route.ts'

/** How a line is served; one that is not listed keeps the PBX's own route. The service's own mode is stricter than any line's. */
export function lineRules({ service, lines }: Config): (did: string) => LineRule {
  const { mode, decisionSeconds } = service
  const usual = lineRule({ mode, decisionSeconds, label: '', routing: Routing.parse({}) })
  const rules = new Map(
    lines.map((line) => [
      line.did,
      lineRule({
        mode: mode === 'on' ? line.mode : mode,
        decisionSeconds: line.decisionSeconds ?? decisionSeconds,
        label: line.label,
        routing: line.routing,
      }),
    ]),
  )
  return (did) => rules.get(did) ?? usual
}

interface LineParts extends Pick<LineRule, 'mode' | 'decisionSeconds' | 'label'> {
  readonly routing: Config['lines'][number]['routing']
}

function lineRule({ routing, ...others }: LineParts): LineRule {
  const { on, order, extensions, ringSeconds, whenTalking, whenUnregistered, callerName } = routing
  return { ...others, routing: on, order, list: extensions, ringSeconds, whenTalking, whenUnregistered, callerName }
}

/** Whether somebody may be rung on a line at an instant: by the line's own hours, else by the common ones. */
export function lineHours({ hours, lines }: Pick<Config, 'hours' | 'lines'>): (did: string, at: number) => boolean {
  const usual = openingHours(hours)
  const own = new Map(lines.flatMap((line) => (line.hours ? [[line.did, openingHours(line.hours)] as const] : [])))
  return (did, at) => (own.get(did) ?? usual)(at)
}

/** Where CRM users and extensions are found, and whether calls may be routed to them. */
export interface RoutedPeople {
  extensionOf(user: number): string | undefined
  personAt(extension: string): RoutedPerson | undefined
}

export function routedPeople({ staff }: Pick<Config, 'staff'>): RoutedPeople {
  const people = new Map(
    staff.people.map(({ extension, user, mode, onDuty, hours }) => {
      const isOpen = openingHours(hours)
      return [extension, { user, isOn: mode === 'on', isOnDuty: (at: number) => onDuty && isOpen(at) }] as const
    }),
  )
  const extensions = new Map(
    staff.people.flatMap(({ extension, user }) => (user === undefined ? [] : [[user, extension] as const])),
  )
  return { extensionOf: (user) => extensions.get(user), personAt: (extension) => people.get(extension) }
}
