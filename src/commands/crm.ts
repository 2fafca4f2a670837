import type { CommandIo } from './command.ts'
import { configFile, parseOptions } from './config-option.ts'
import { withDesk } from './with-desk.ts'

const usage =
  'callweave crm authorise --code CODE [--config FILE]     begins anew with an authorisation code of the integration'

/** `callweave crm authorise`: takes the one-off code an administrator copied out of amoCRM; the running service goes on at once. */
export async function crmCommand(args: readonly string[], io: CommandIo): Promise<number> {
  const options = { config: { type: 'string' }, code: { type: 'string' } } as const
  const parsed = parseOptions({ args: [...args], options, allowPositionals: true }, usage, io)
  if (!parsed) return 2
  const { code, config } = parsed.values
  if (parsed.positionals.join(' ') !== 'authorise' || !code) {
    io.stderr.write(`usage: ${usage}\n`)
    return 2
  }
  return withDesk(configFile(config), io, async (desk) => {
    const host = await desk.authorise(code, io.signal)
    io.stdout.write(`${host} has authorised this integration\n`)
    return 0
  })
}
