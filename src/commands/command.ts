/** Where a command writes, and when it must end. */
export interface CommandIo {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
  readonly signal: AbortSignal
}

/** A `callweave` command: its arguments without the command's name in, the exit code out. 0 well, 1 the answer is no, 2 wrong usage. */
export type Command = (args: readonly string[], io: CommandIo) => Promise<number>
