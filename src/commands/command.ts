/** Where a command writes, and when it must end. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  readonly signal: AbortSignal
}

/** A `callweave` command: its arguments without the command's name in, the exit code out. 0 well, 1 the answer is no, 2 wrong usage. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>

/** Somebody asked how the command goes: no work is done, and that is no failure. */
export class HelpAsked extends Error {
  override name = 'HelpAsked'
  readonly usage: string

  constructor(usage: string) {
    super('help was asked for')
    this.usage = usage
  }
}

/** @throws HelpAsked when the arguments ask for it */
export function heedHelp(args: readonly string[] | undefined, usage: string): void {
  const options = args?.slice(0, args.includes('--') ? args.indexOf('--') : undefined) ?? []
  if (options.includes('--help') || options.includes('-h')) throw new HelpAsked(usage)
}
