/** The parts of a channel's name that tell who it is. */
export interface ChannelName {
  /** `PJSIP`, `SIP`, `Local`… */
  readonly technology: string
  /** What stands between the first `/` and the last `-`: `101`, `trunk-main`; of a Local channel its exten. */
  readonly endpoint: string
  /** Both halves of a Local pair share it; undefined for everything else. */
  readonly pair: string | undefined
  /** 1 is what the dialler sees, 2 runs the dialplan. */
  readonly half: 1 | 2 | undefined
}

const LOCAL_HALF = /^Local\/(.+);([12])$/

/** Reads `PJSIP/101-00000003`, `Local/600@from-queue-0000001a;2`, `SIP/trunk-a-00000001<ZOMBIE>`. Endpoint names may contain `-`. */
export function parseChannelName(name: string): ChannelName {
  const bare = name.replace(/<.*$/, '')
  const local = LOCAL_HALF.exec(bare)
  if (local) {
    const [, pair = '', half] = local
    const exten = pair.split('@', 1)[0] ?? ''
    return { technology: 'Local', endpoint: exten, pair, half: half === '1' ? 1 : 2 }
  }
  const slash = bare.indexOf('/')
  const rest = bare.slice(slash + 1)
  const dash = rest.lastIndexOf('-')
  const resource = dash < 0 ? rest : rest.slice(0, dash)
  // DAHDI and old SIP peers may carry the number: `i1/79221532327`.
  return {
    technology: bare.slice(0, Math.max(slash, 0)),
    endpoint: resource.split('/', 1)[0] ?? '',
    pair: undefined,
    half: undefined,
  }
}
