import { z } from 'zod'

export const Numbers = z
  .strictObject({
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'two capital letters, like "RU"')
      .default('RU')
      .describe('Country of numbers written without a country code.'),
  })
  .describe('Phone numbers.')
