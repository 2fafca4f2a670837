import type { NewTask } from '../../crm/port.ts'
import { afterOpenMinutes } from '../../hours/open-minutes.ts'
import { fillTemplate } from '../../templates/template.ts'
import type { CallFacts } from '../call-facts.ts'
import { hooked, type RegistrationHooks } from '../hooks.ts'
import type { Reason } from '../plan/decision.ts'
import { dialledInMenu } from '../plan/plan-task.ts'
import { responsible, whyResponsible } from '../plan/responsible.ts'
import type { KindRule } from '../rules/kind-rule.ts'
import type { RegistrationSettings } from '../settings.ts'
import { valuesOf } from './call-values.ts'
import type { CardsOfCall } from './cards-of-call.ts'
import type { KnownClient } from './client-result.ts'
import { refOf } from './ground.ts'

export interface NewTaskOptions {
  readonly call: CallFacts
  readonly client: KnownClient
  readonly cards: CardsOfCall
  readonly settings: RegistrationSettings
  readonly hooks: RegistrationHooks
}

/** The task that follows a call, and why it is this person's: whoever was dialled in a menu, else whom the rule names. */
export async function newTask({
  call,
  client,
  cards,
  settings,
  hooks,
}: NewTaskOptions): Promise<{ readonly task: NewTask; readonly why: Reason }> {
  const dialled = dialledInMenu({ call, isPerson: (extension) => settings.names.has(extension) })
  const asked = dialled === undefined ? undefined : settings.users.get(dialled)
  const chosen = responsible(cards.rule.task.owner, cards.people)
  const task: NewTask = {
    entity: refOf(cards.entity),
    ...countedTask(call, cards.rule, settings, 1),
    owner: asked ?? chosen.user,
    type: cards.rule.task.type,
  }
  const why: Reason =
    asked === undefined
      ? whyResponsible('task', chosen, cards.people)
      : { about: 'task', code: 'dialled-person', facts: { user: asked, extension: dialled ?? '' } }
  return { task: await hooked(hooks, 'task-creation', task, { call, client: refOf(client) }), why }
}

/** Text and deadline of a task that stands for so many calls, this one the last. */
export function countedTask(
  call: CallFacts,
  { task }: KindRule,
  settings: RegistrationSettings,
  calls: number,
): { readonly text: string; readonly deadline: number } {
  const isOpen = task.workingHours ? (at: number) => settings.isOpen(call.line, at) : () => true
  return {
    text: fillTemplate(task.text, valuesOf(call, settings, { count: calls })) || call.phone,
    deadline: afterOpenMinutes(isOpen, call.endedAt, task.minutes),
  }
}
