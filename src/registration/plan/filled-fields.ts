import type { FieldValue } from '../../crm/leads-port.ts'
import { fillTemplate, type TemplateValues } from '../../templates/template.ts'
import type { FieldRule } from '../rules/kind-rule.ts'

/** Custom fields by template; what has nothing to say is left alone. */
export function filledFields(rules: readonly FieldRule[], values: TemplateValues): readonly FieldValue[] {
  return rules
    .map(({ field, value }) => ({ field, value: fillTemplate(value, values) }))
    .filter(({ value }) => value !== '')
}
