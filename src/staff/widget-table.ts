import { z } from 'zod'

/** Who has which extension, as the widget's settings in the CRM say it. */
export interface TableRow {
  readonly user: number
  readonly extension: string
}

const EXTENSION = /^\d{1,15}$/
/** More users than any account has. */
const MOST_ROWS = 5_000

/**
 * What the widget hands over: extensions by user, as amoCRM keeps a widget's setting of the kind `users` (`{"7000001": "101"}`). An empty
 * extension is a user without a phone.
 */
export const HandedTable = z.strictObject({
  users: z
    .record(z.string().regex(/^[1-9]\d{0,15}$/, 'a user id'), z.union([z.string(), z.number(), z.null()]))
    .refine((users) => Object.keys(users).length <= MOST_ROWS, `at most ${MOST_ROWS} users`)
    .transform((users, { addIssue }) =>
      Object.entries(users).flatMap(([user, value]): readonly TableRow[] => {
        const extension = String(value ?? '').trim()
        if (extension === '') return []
        if (EXTENSION.test(extension)) return [{ user: Number(user), extension }]
        addIssue({ code: 'custom', path: [user], message: 'digits of an extension, like "101"' })
        return []
      }),
    ),
})

const StoredTable = z.array(z.object({ user: z.number(), extension: z.string() }))

export function readStoredTable(text: string | undefined): readonly TableRow[] {
  if (text === undefined) return []
  try {
    return StoredTable.safeParse(JSON.parse(text)).data ?? []
  } catch {
    return []
  }
}
