import { z } from 'zod'
import { country } from '../values.ts'

export const Numbers = z
  .strictObject({
    country: country.default('RU').describe('Country of numbers written without a country code.'),
  })
  .describe('Phone numbers.')
