/** As much of pino as this room uses. */
export interface HookLog {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}
