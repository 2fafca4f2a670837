/** Asks once for a while: an answer is remembered `ms` milliseconds by its argument, a failure is not. */
export function rememberedFor<Argument, Answer>(
  ms: number,
  now: () => number,
  ask: (argument: Argument, signal: AbortSignal) => Promise<Answer>,
): (argument: Argument, signal: AbortSignal) => Promise<Answer> {
  const known = new Map<Argument, { readonly answer: Answer; readonly until: number }>()
  return async (argument, signal) => {
    const remembered = known.get(argument)
    if (remembered && now() < remembered.until) return remembered.answer
    const answer = await ask(argument, signal)
    known.set(argument, { answer, until: now() + ms })
    return answer
  }
}
