/** The options `startWitness` was called with. */
export function witnessOptions<Options>(): Options {
  return JSON.parse(process.argv[2] ?? '{}')
}

/** Says that it is ready, then answers every question with what `tell` gives. Ends with the bench. */
export function serveWitness(tell: () => unknown): void {
  process.on('message', () => process.send?.(tell()))
  process.on('disconnect', () => process.exit())
  process.send?.('ready')
}
