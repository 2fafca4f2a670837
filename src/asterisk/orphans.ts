import { z } from 'zod'

const StasisChannel = z.object({
  id: z.string(),
  dialplan: z.object({ app_name: z.string(), app_data: z.string() }),
})

/**
 * Channels that sit in our application and have not asked this connection: they asked a process that is gone, and Asterisk
 * repeats no `StasisStart` (reference ari.md 2.3). `channels` are raw objects of `GET /channels`; what cannot be read is none.
 */
export function orphansAmong(
  channels: readonly unknown[],
  application: string,
  asked: ReadonlySet<string>,
): readonly string[] {
  return channels.flatMap((raw) => {
    const channel = StasisChannel.safeParse(raw)
    if (!channel.success || asked.has(channel.data.id)) return []
    const { app_name, app_data } = channel.data.dialplan
    return app_name === 'Stasis' && app_data.split(',', 1)[0] === application ? [channel.data.id] : []
  })
}
