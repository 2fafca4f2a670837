import type { KindRule, LeadRule, RuleBook, TaskRule } from './kind-rule.ts'
import { kindsOfCall } from './kind-rule.ts'

/** What a line says otherwise about a kind of call. What it leaves out, or leaves undefined, stays. */
export type KindOverlay = Loose<Omit<KindRule, 'lead' | 'task'>> & {
  readonly lead?: Loose<LeadRule> | undefined
  readonly task?: Loose<TaskRule> | undefined
}
export type RuleOverlay = { readonly [kind in keyof RuleBook]?: KindOverlay | undefined }
type Loose<Whole> = { readonly [key in keyof Whole]?: Whole[key] | undefined }

/**
 * The rules of a line: the common ones with its own laid over them.
 * @param pipeline where the line's leads go unless a rule says so itself.
 */
export function ruleBookOf(common: RuleBook, overlay: RuleOverlay, pipeline?: number): RuleBook {
  const entries = kindsOfCall.map((kind) => [kind, laid(common[kind], overlay[kind] ?? {}, pipeline)])
  return Object.fromEntries(entries)
}

function laid(rule: KindRule, { lead, task, ...over }: KindOverlay, pipeline: number | undefined): KindRule {
  const linesOwn = rule.lead.pipeline === undefined && pipeline !== undefined ? { pipeline } : {}
  return {
    ...rule,
    ...given(over),
    lead: { ...rule.lead, ...linesOwn, ...given(lead ?? {}) },
    task: { ...rule.task, ...given(task ?? {}) },
  }
}

function given<Part extends object>(part: Part): { [key in keyof Part]?: Exclude<Part[key], undefined> } {
  const entries = Object.entries(part).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [key in keyof Part]?: Exclude<Part[key], undefined> }
}
