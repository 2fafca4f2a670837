import { isLoopback } from '../webhooks/loopback.ts'

/** What a manager's browser makes of a recording's link (reference amocrm.md 15). */
export interface Played {
  readonly status: number
  readonly type: string
  /** Bytes received. */
  readonly bytes: number
  /** Why it would be silent, or could not be wound; empty when all is well. */
  readonly troubles: readonly Trouble[]
}

export type Trouble =
  /** An https page plays nothing from http. */
  | 'not https'
  | 'not this machine'
  | 'no answer'
  | 'no recording'
  | 'not audio'
  /** Without ranges nobody can wind. */
  | 'no ranges'
  | 'no length'

/** Asks as an audio element does: HEAD, then everything as a range. `reach` says where a public name is found on this machine. */
export async function play(link: string, reach: (link: string) => string = (same) => same): Promise<Played> {
  const insecure: Trouble[] = URL.parse(link)?.protocol === 'https:' ? [] : ['not https']
  const silent = (trouble: Trouble): Played => ({ status: 0, type: '', bytes: 0, troubles: [...insecure, trouble] })
  const url = URL.parse(reach(link))
  if (url === null || !isLoopback(url.hostname)) return silent('not this machine')
  try {
    const head = await fetch(url, { method: 'HEAD' })
    const response = await fetch(url, { headers: { range: 'bytes=0-' } })
    const body = await response.arrayBuffer()
    const type = response.headers.get('content-type') ?? ''
    const found = response.status === 200 || response.status === 206
    const troubles: Trouble[] = [
      ...(found && head.ok ? [] : (['no recording'] as const)),
      ...(type.startsWith('audio/') ? [] : (['not audio'] as const)),
      ...(response.status === 206 && response.headers.has('content-range') ? [] : (['no ranges'] as const)),
      ...(response.headers.has('content-length') ? [] : (['no length'] as const)),
    ]
    return { status: response.status, type, bytes: body.byteLength, troubles: [...insecure, ...troubles] }
  } catch {
    return silent('no answer')
  }
}
