export interface Clock {
  /** The wall, as others read it; may jump. Epoch milliseconds. */
  wall(): number
  /** For "is it due": goes with the wall, but never back, so that a clock set back by an hour does not stop the outbox for an hour. */
  now(): number
  /** For "how long ago": goes with real time only, so that a clock set forward does not make an attempt look old. Epoch milliseconds of the start plus what has passed. */
  steady(): number
}

/**
 * @param wall epoch milliseconds.
 * @param monotonic milliseconds from any origin, never going back.
 */
export function createClock(wall: () => number, monotonic: () => number): Clock {
  const start = { wall: wall(), monotonic: monotonic() }
  let latest = start
  return {
    wall,
    steady: () => start.wall + monotonic() - start.monotonic,
    now() {
      const passed = monotonic()
      latest = { wall: Math.max(wall(), latest.wall + passed - latest.monotonic), monotonic: passed }
      return latest.wall
    },
  }
}
