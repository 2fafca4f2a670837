import type { Config } from '../../config/schema.ts'
import type { CustomField, Pipeline } from '../../crm/leads-port.ts'
import type { Crm } from '../../crm/port.ts'
import { type Finding, failure, ok, warning } from './finding.ts'

const SUBJECT = 'rules'

/** Does the CRM know what the rules name: pipelines, stages, custom fields? A call that meets one that is gone is written without it, or not made a lead of. */
export async function rulesFindings(crm: Crm, config: Config, signal: AbortSignal): Promise<readonly Finding[]> {
  const rules = namedRules(config)
  const pipelines = await crm.pipelines(signal)
  const [ofContacts, ofLeads] = await Promise.all([
    fieldsIfNamed(rules, 'contactFields', () => crm.customFields('contact', signal)),
    fieldsIfNamed(rules, 'leadFields', () => crm.customFields('lead', signal)),
  ])
  const wrong = [
    ...rules.flatMap((rule) => stageFindings(rule, pipelines)),
    ...config.lines.flatMap(({ pipeline }, at) => pipelineFindings(`lines.${at}.pipeline`, pipeline, pipelines)),
    ...rules.flatMap((rule) => fieldFindings(`${rule.key}.contactFields`, rule.contactFields, ofContacts)),
    ...rules.flatMap((rule) => fieldFindings(`${rule.key}.leadFields`, rule.leadFields, ofLeads)),
  ]
  return wrong.length > 0 ? wrong : [ok(SUBJECT, 'the CRM knows every pipeline, stage and field they name')]
}

interface NamedRule {
  readonly key: string
  /** Named by the rule itself. */
  readonly ownPipeline: number | undefined
  /** Where its leads go: the line's, unless it names one. */
  readonly pipeline: number | undefined
  readonly status: number | undefined
  readonly stages: readonly { readonly pipeline: number; readonly status: number }[]
  readonly contactFields: readonly { readonly field: number | string }[]
  readonly leadFields: readonly { readonly field: number | string }[]
}

const kinds = [
  'incomingKnown',
  'incomingUnknown',
  'missedKnown',
  'missedUnknown',
  'outgoingKnown',
  'outgoingUnknown',
  'outgoingNotReached',
] as const

/** Every place of the configuration where rules stand: the common ones, and what lines say otherwise. */
function namedRules({ rules, lines }: Config): readonly NamedRule[] {
  const places = [
    { key: 'rules', grid: rules, pipeline: undefined },
    ...lines.map((line, at) => ({ key: `lines.${at}.rules`, grid: line.rules, pipeline: line.pipeline })),
  ]
  return places.flatMap(({ key, grid, pipeline }) =>
    kinds.flatMap((kind) => {
      const rule = grid[kind]
      if (rule === undefined) return []
      const { lead, stages = [], contactFields = [], leadFields = [] } = rule
      const named = { ownPipeline: lead?.pipeline, pipeline: lead?.pipeline ?? pipeline, status: lead?.status }
      return [{ key: `${key}.${kind}`, ...named, stages, contactFields, leadFields }]
    }),
  )
}

function stageFindings(
  { key, ownPipeline, pipeline, status, stages }: NamedRule,
  pipelines: readonly Pipeline[],
): readonly Finding[] {
  const home = pipelines.find(({ id, main }) => (pipeline === undefined ? main : id === pipeline))
  const own =
    status === undefined || home === undefined || opens(home, status)
      ? []
      : [failure(SUBJECT, `${key}.lead.status: pipeline "${home.name}" has no open stage ${status}`, STAGE_CURE)]
  const others = stages.flatMap((stage, at) => {
    const known = pipelines.find(({ id }) => id === stage.pipeline)?.statuses.some(({ id }) => id === stage.status)
    const says = `${key}.stages.${at}: the CRM has no stage ${stage.status} in pipeline ${stage.pipeline}`
    return known ? [] : [warning(SUBJECT, says, STAGE_CURE)]
  })
  return [...pipelineFindings(`${key}.lead.pipeline`, ownPipeline, pipelines), ...own, ...others]
}

/** A lead is put into an open stage; that of incoming leads takes none made by hand. */
function opens(pipeline: Pipeline, status: number): boolean {
  return pipeline.statuses.some(({ id, kind }) => id === status && kind !== 'unsorted')
}

function pipelineFindings(key: string, id: number | undefined, pipelines: readonly Pipeline[]): readonly Finding[] {
  if (id === undefined || pipelines.some((pipeline) => pipeline.id === id)) return []
  return [failure(SUBJECT, `${key}: the CRM has no pipeline ${id}, or it is archived`, STAGE_CURE)]
}

function fieldFindings(
  key: string,
  wanted: readonly { readonly field: number | string }[],
  fields: readonly CustomField[],
): readonly Finding[] {
  return wanted.flatMap(({ field }, at) => {
    if (fields.some(({ id, code }) => id === field || code === field)) return []
    const cure = 'take id or code of the field from the CRM; until then calls are written without it'
    return [warning(SUBJECT, `${key}.${at}: the CRM has no field ${field}`, cure)]
  })
}

async function fieldsIfNamed(
  rules: readonly NamedRule[],
  list: 'contactFields' | 'leadFields',
  read: () => Promise<readonly CustomField[]>,
): Promise<readonly CustomField[]> {
  return rules.some((rule) => rule[list].length > 0) ? await read() : []
}

const STAGE_CURE = 'take the ids from the address of the pipeline in amoCRM and correct the configuration'
