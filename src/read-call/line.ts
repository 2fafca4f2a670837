/** Those who are served one after another, in the order in which they came. */
export interface Line<Member> {
  join(member: Member): void
  /** Resolves when everybody before has left. @throws the reason of `signal` */
  turn(member: Member, signal: AbortSignal): Promise<void>
  leave(member: Member): void
}

export function createLine<Member>(): Line<Member> {
  const members: Member[] = []
  let wake = Promise.withResolvers<void>()
  return {
    join: (member) => {
      if (!members.includes(member)) members.push(member)
    },
    turn: async (member, signal) => {
      while (members[0] !== member) {
        signal.throwIfAborted()
        const { promise, resolve } = Promise.withResolvers<void>()
        signal.addEventListener('abort', () => resolve(), { once: true })
        await Promise.race([wake.promise, promise])
      }
    },
    leave: (member) => {
      const at = members.indexOf(member)
      if (at === -1) return
      members.splice(at, 1)
      wake.resolve()
      wake = Promise.withResolvers<void>()
    },
  }
}
