import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Context } from 'koa'
import Router from 'koa-router'
import type { Logger } from 'pino'
import { RecordingError, RecordingGone } from './errors.ts'
import type { KeyRing } from './key-ring.ts'
import type { Mp3 } from './mp3-cache.ts'
import type { Player } from './player.ts'
import { rangeOf } from './range.ts'
import type { RecordedCall } from './recorded-call.ts'
import { isSigned } from './signature.ts'

export interface RecordingsRouterDeps {
  readonly pbx: string
  readonly keys: Pick<KeyRing, 'find'>
  /** A call by its id, also one that still lives. */
  readonly callOf: (id: string) => Promise<RecordedCall | undefined>
  readonly player: Player
  /** The CRM's own address: its page may read the sound, to draw it. */
  readonly origin: string
  readonly counts: { served: number; refused: number }
  readonly log: Logger
}

/** `GET|HEAD /records/<id>.mp3?sig=`: whoever has the link may listen, and nobody else. No cookie, no login: a player has none. */
export function recordingsRouter(deps: RecordingsRouterDeps): Router {
  const { pbx, keys, callOf, player, origin, counts, log } = deps
  const router = new Router()
  router.get('/records/:file', async (ctx) => {
    const id = idOf(ctx.params['file'])
    const signature = ctx.query['sig']
    ctx.set('Cache-Control', 'private, no-store')
    if (id === undefined) return refuse(ctx, 404, 'not-found', 'There is nothing at this address.')
    if (typeof signature !== 'string' || !isSigned(signature, pbx, id, keys.find)) {
      counts.refused += 1
      return refuse(ctx, 403, 'bad-signature', 'This link is not valid, or no longer.')
    }
    try {
      const call = await callOf(id)
      if (!call) throw new RecordingGone('no such call')
      const playable = await player.play(call)
      ctx.set('Access-Control-Allow-Origin', origin)
      ctx.set('Access-Control-Expose-Headers', 'Accept-Ranges, Content-Length, Content-Range')
      if (playable.kind === 'elsewhere') {
        heard(ctx, id, 0)
        ctx.redirect(playable.url)
        ctx.body = ''
        return
      }
      const start = await send(ctx, playable.mp3)
      if (start !== undefined) heard(ctx, id, start)
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error
      if (error.retryAfter !== undefined) ctx.set('Retry-After', String(error.retryAfter))
      if (error.status === 503) log.warn({ call: id, error: error.message }, 'a recording cannot be played')
      refuse(ctx, error.status, error.code, error.sentence)
    }
  })

  function heard(ctx: Context, call: string, from: number): void {
    if (ctx.method === 'HEAD') return
    counts.served += 1
    log.info({ call, address: ctx.req.socket.remoteAddress, from }, 'a recording is listened to')
  }
  return router
}

/** The player of a browser decides by the ending. */
function idOf(file: string | undefined): string | undefined {
  return file !== undefined && file.length > 4 && file.endsWith('.mp3') ? file.slice(0, -4) : undefined
}

function refuse(ctx: Context, status: number, code: string, message: string): void {
  ctx.status = status
  ctx.body = { code, message }
}

/** Sends the file or the part asked for. Returns where it begins; undefined when nothing is sent. */
async function send(ctx: Context, { path, bytes, etag }: Mp3): Promise<number | undefined> {
  ctx.set('Accept-Ranges', 'bytes')
  ctx.set('ETag', etag)
  ctx.set('Cache-Control', 'private, max-age=3600')
  ctx.set('Content-Disposition', 'inline')
  if (ctx.get('If-None-Match') === etag) {
    ctx.status = 304
    return undefined
  }
  const range = rangeOf(ctx.get('Range') || undefined, ctx.get('If-Range') || undefined, etag, bytes)
  if (range === 'unsatisfiable') {
    ctx.set('Content-Range', `bytes */${bytes}`)
    refuse(ctx, 416, 'no-such-range', 'The recording is shorter than that.')
    return undefined
  }
  const { start, end } = range === 'whole' ? { start: 0, end: bytes - 1 } : range
  ctx.status = range === 'whole' ? 200 : 206
  ctx.type = 'audio/mpeg'
  if (range !== 'whole') ctx.set('Content-Range', `bytes ${start}-${end}/${bytes}`)
  if (ctx.method === 'HEAD') {
    ctx.length = end - start + 1
    return undefined
  }
  // Opened before anything is promised: it may have been deleted since it was looked at.
  const file = await open(path).catch((cause) => {
    throw new RecordingGone('it was deleted a moment ago', { cause })
  })
  ctx.body = createReadStream(path, { fd: file, start, end })
  ctx.length = end - start + 1
  return start
}
