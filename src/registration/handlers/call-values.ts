import type { TemplateValues } from '../../templates/template.ts'
import type { CallFacts } from '../call-facts.ts'
import { templateValues } from '../plan/template-values.ts'
import type { RegistrationSettings } from '../settings.ts'

/** What templates can say about a call, by the staff and lines as they are listed now. */
export function valuesOf(
  call: CallFacts,
  { lineName, timeZone, names }: RegistrationSettings,
  more: { readonly count?: number; readonly result?: string | undefined } = {},
): TemplateValues {
  return templateValues(call, {
    lineName: lineName(call.line),
    timeZone,
    nameOf: (extension) => names.get(extension) || extension,
    ...more,
  })
}
