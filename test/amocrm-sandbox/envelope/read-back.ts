import { z } from 'zod'
import type { EntityType } from '../state/entities.ts'

/**
 * Keys that reading shows and nobody can write. amoCRM lets a client send a card back as it was read, as amocrm-js does on every save:
 * they are taken and change nothing. Keys it never shows stay refused.
 */
export function readBack(type: EntityType | 'tasks') {
  const common = { account_id: ignored, group_id: ignored, _links: ignored }
  switch (type) {
    case 'tasks':
      return { ...common, _embedded: z.strictObject({}).optional() }
    case 'contacts':
      return { ...common, ...ofCards, is_unsorted: ignored }
    case 'companies':
      return { ...common, ...ofCards }
    case 'leads':
      return {
        ...common,
        ...ofCards,
        score: ignored,
        labor_cost: ignored,
        source_id: ignored,
        is_price_computed: ignored,
      }
    default:
      return unreachable(type)
  }
}

/** Lists of linked cards are read with a card; a PATCH neither links nor unlinks. */
export const readBackLists = {
  contacts: z.unknown().optional(),
  companies: z.unknown().optional(),
  leads: z.unknown().optional(),
}

/** An empty value as reading shows it says nothing. */
export function nullIsNothing<S extends z.ZodType>(schema: S) {
  return schema.nullable().transform((value) => value ?? undefined)
}

const ignored = z.unknown().optional()
const ofCards = { is_deleted: ignored, closest_task_at: ignored }

function unreachable(type: never): never {
  throw new Error(`unknown type of card ${JSON.stringify(type)}`)
}
