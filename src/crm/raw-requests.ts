/** The CRM's own interface for what the port has no word for: customers' hooks. */
export interface CrmRawRequests {
  /**
   * One request, at its turn and with our authorisation.
   * @param path below the account's own address, like `/api/v4/leads/901`; nothing else gets our token
   * @returns the answer's JSON; undefined when it has none
   * @throws CrmError; RangeError for a path that leaves the account's interface
   */
  ask(method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body: unknown, signal: AbortSignal): Promise<unknown>
}
