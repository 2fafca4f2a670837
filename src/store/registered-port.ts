/** How many calls belong into the CRM, and how many are there. */
export interface RegisteredCalls {
  /**
   * Calls that ended within the time and have writes for the CRM; `done`: their client and note are written. What was made a task or lead of
   * them does not count: it may wait for hours on purpose. Instants are epoch milliseconds.
   */
  share(pbx: string, from: number, to: number): Promise<{ readonly calls: number; readonly done: number }>
}
