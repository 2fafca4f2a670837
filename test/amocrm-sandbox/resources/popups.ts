import { z } from 'zod'
import { filledText, userId } from '../envelope/entity-schema.ts'
import { parseObject } from '../envelope/validation.ts'
import type { World } from '../state/world.ts'
import type { Answer } from '../transport/answer.ts'
import type { Route } from '../transport/route-table.ts'

/** The popup looks at the last eight digits (reference amocrm.md 3.2). */
const lookupDigits = 8

const accepted: Answer = { status: 202 }

/** `POST /api/v2/events`: the incoming-call notice. An unknown user is refused, since what amoCRM does then is not known (reference amocrm.md 10, 19). */
export function popupRoutes(world: World): Route[] {
  const user = userId(world)
  const schema = z.strictObject({
    add: z
      .array(
        z.strictObject({
          type: z.literal('phone_call'),
          phone_number: filledText,
          users: z.union([user, z.array(user)]).optional(),
        }),
      )
      .min(1),
  })
  return [
    {
      method: 'POST',
      pattern: '/api/v2/events',
      handle: (request) => {
        for (const { phone_number: phone, users } of parseObject(request, schema).add) {
          world.popups.push({
            at: world.seconds(),
            phone,
            users: users === undefined ? activeUsers(world) : [users].flat(),
            entity: world.cardOf(phone, lookupDigits),
          })
        }
        return accepted
      },
    },
  ]
}

function activeUsers(world: World): number[] {
  return world.users.filter(({ active }) => active).map(({ id }) => id)
}
