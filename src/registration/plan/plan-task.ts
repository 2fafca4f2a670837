import type { CallFacts } from '../call-facts.ts'
import type { KindRule } from '../rules/kind-rule.ts'
import { type Reason, reason } from './decision.ts'

export interface TaskFacts {
  readonly rule: KindRule
  readonly call: Pick<CallFacts, 'answered' | 'direction' | 'ivr' | 'talked' | 'rang' | 'phone'>
  readonly old: boolean
  /** The client waits in an incoming lead, which asks for somebody by itself. */
  readonly waiting: boolean
  /** Somebody has talked to the client since. */
  readonly talkedSince: boolean
  /** Calls the client's open task stands for; undefined: none is open. */
  readonly openFor: number | undefined
  readonly missedInMenu: 'nothing' | 'task'
  /** Extensions of people. */
  readonly isPerson: (extension: string) => boolean
}

export type TaskPlan =
  | { readonly kind: 'none'; readonly why: Reason }
  /** `owner`: extension of whoever was dialled in a menu. */
  | { readonly kind: 'make'; readonly dialled: string | undefined; readonly why: Reason }
  | { readonly kind: 'count'; readonly calls: number; readonly why: Reason }

/** Whether a call leaves a task: one open task a client, none for whoever was talked to meanwhile. */
export function planTask(facts: TaskFacts): TaskPlan {
  const dialled = dialledInMenu(facts)
  const wanted = facts.rule.task.enabled || (dialled !== undefined && facts.missedInMenu === 'task')
  if (!wanted) return none('rule-says-none')
  if (facts.call.phone === '') return none('hidden-number')
  if (facts.old) return none('old-call')
  if (facts.waiting) return none('waits-in-unsorted')
  if (facts.talkedSince && !facts.call.answered) return none('talked-meanwhile')
  if (facts.openFor !== undefined) {
    const calls = facts.openFor + 1
    return { kind: 'count', calls, why: reason('task', 'open-task', { calls }) }
  }
  const code = dialled === undefined ? 'by-rule' : 'dialled-in-menu'
  return { kind: 'make', dialled, why: reason('task', code, { extension: dialled }) }
}

/** The extension whose digits the caller pressed last in a menu, when nobody talked to them. */
export function dialledInMenu({ call, isPerson }: Pick<TaskFacts, 'call' | 'isPerson'>): string | undefined {
  if (call.answered || call.direction !== 'in' || call.ivr === '') return undefined
  for (let from = 0; from < call.ivr.length; from += 1) {
    const digits = call.ivr.slice(from)
    if (isPerson(digits)) return digits
  }
  return undefined
}

function none(code: string): TaskPlan {
  return { kind: 'none', why: reason('task', code) }
}
