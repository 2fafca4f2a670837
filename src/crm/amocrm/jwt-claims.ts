import { z } from 'zod'

const Claims = z.object({ exp: z.number().optional(), api_domain: z.string().optional() })
export type Claims = z.infer<typeof Claims>

/** What amoCRM's token says of itself. It is read, never verified: its key is not published (reference amocrm.md 1.3). Nothing when it is no JWT. */
export function jwtClaims(token: string): Claims {
  const parsed = Claims.safeParse(parseOrUndefined(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()))
  return parsed.success ? parsed.data : {}
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
