import { z } from 'zod'
import { placeholders, unknownPlaceholders } from '../templates/template.ts'

/** Text with placeholders; a wrong one is told now, not when a call needs it. */
export const template = z
  .string()
  .max(1000)
  .superRefine((text, { addIssue }) => {
    const [wrong] = unknownPlaceholders(text)
    if (wrong !== undefined) {
      addIssue(`there is no placeholder {${wrong}}; there are ${placeholders.map((name) => `{${name}}`).join(' ')}`)
    }
  })

/** A stage is known only together with its pipeline: won and lost have the same ids in all of them. */
export const stage = z.strictObject({
  pipeline: z.int().positive().describe('Pipeline.'),
  status: z.int().positive().describe('Stage.'),
})

export const fieldValue = z.strictObject({
  field: z.union([z.int().positive(), z.string().min(1)]).describe('Id of a custom field of the CRM, or its code.'),
  value: template.describe('What it is set to; nothing is written while this is empty.'),
})
