import { type FieldValues, singular } from './entities.ts'
import type { World } from './world.ts'

/** Who sits in the account. */
export const somebody = 7000001

/** The values of a multitext field, each of its first kind. */
export function multitext(
  world: World,
  type: 'contacts' | 'companies',
  code: string,
  values: readonly string[],
): FieldValues {
  const definition = world.fields[type].find((candidate) => candidate.code === code)
  if (definition === undefined) throw new Error(`the account has no field ${code} of ${singular[type]}`)
  return { field: definition, values: values.map((value) => ({ value, enum: definition.enums[0] })) }
}
