import { inspect } from 'node:util'

const MASK = '•••'

/** A value that must never be printed, logged or sent to a page: every road to text shows dots; only `reveal` gives it. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  toString(): string {
    return MASK
  }

  toJSON(): string {
    return MASK
  }

  [inspect.custom](): string {
    return MASK
  }
}

/** Keys whose values are masked in every message, whatever they hold. */
export function isSecretKey(key: string): boolean {
  return /password|secret|token|^code$|^md5$|^sha256$/i.test(key)
}

/** A value as a message may show it: secrets as dots, also inside objects and addresses; long ones cut. */
export function shown(key: string, value: unknown): string {
  if (value === undefined) return 'nothing'
  if (isSecretKey(key)) return MASK
  const text = JSON.stringify(value, (name, inner) => (isSecretKey(name) ? MASK : inner)) ?? String(value)
  const masked = text.replace(/\/\/[^/@\s]*@/g, `//${MASK}@`)
  return masked.length > 60 ? `${masked.slice(0, 57)}…` : masked
}
