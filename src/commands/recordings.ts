import { ConfigError, loadConfig } from '../config/load.ts'
import { type KeyInfo, KeyRingError, openKeyRing } from '../recordings/key-ring.ts'
import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'

const usage = 'callweave recordings keys [--new | --retire ID] [--config FILE]'

/** `callweave recordings keys`: lists, makes and retires the keys that links to recordings are signed with. A running service follows at once. */
export async function recordingsCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { config: { type: 'string' }, new: { type: 'boolean' }, retire: { type: 'string' } } as const
  const parsed = parseOptions({ args: [...args], options, allowPositionals: true }, usage, io)
  if (!parsed) return 2
  const { positionals, values } = parsed
  if (positionals.length !== 1 || positionals[0] !== 'keys' || (values.new && values.retire !== undefined)) {
    io.stderr.write(`usage: ${usage}\n`)
    return 2
  }
  try {
    const { service } = loadConfig(configFile(values.config))
    const ring = openKeyRing(service.directory, Date.now)
    if (values.new) {
      io.stdout.write(
        `new links are signed with ${ring.add().id}; links of older keys stay valid until those are retired\n`,
      )
    } else if (values.retire !== undefined) {
      ring.retire(values.retire)
      io.stdout.write(`${values.retire} is retired: links signed with it play no more, in old notes either\n`)
      if (!ring.current()) io.stdout.write('no key is left: notes get no links until you make one with --new\n')
    } else {
      for (const key of ring.list()) io.stdout.write(keyLine(key))
    }
    return 0
  } catch (error) {
    if (!(error instanceof ConfigError) && !(error instanceof KeyRingError)) throw error
    io.stderr.write(`callweave: ${error.message}\n`)
    return 1
  }
}

function keyLine({ id, createdAt, retiredAt, current }: KeyInfo): string {
  const state = retiredAt === undefined ? (current ? 'signs new links' : 'valid') : `retired ${retiredAt.slice(0, 10)}`
  return `${id}  made ${createdAt.slice(0, 10)}  ${state}\n`
}
