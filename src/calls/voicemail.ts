/** Measured with the stock English prompts: who is called and "is unavailable" with three digits, then the instructions, then the tone. */
const GREETING_MS = 5000
const INSTRUCTIONS_MS = 5500
const TONE_MS = 500

/** How long `VoiceMail(101@default,us)` talks before it listens. An estimate, for witnesses who say nothing better. */
export function estimateGreetingMs(appData: string): number {
  const options = appData.split(',')[1] ?? ''
  const greeting = /[ub]/.test(options) ? GREETING_MS : 0
  const instructions = options.includes('s') ? 0 : INSTRUCTIONS_MS
  return greeting + instructions + TONE_MS
}

/** Shorter than this after the tone nobody has said anything. */
export const SHORTEST_MESSAGE_MS = 1000
