/** CRM users who share the missed calls. */
const users = [7000001, 7000002, 7000003]

/**
 * Whose a missed call is. Chance is drawn from the call's id (FNV-1a): evenly over the list, and the same person for the call's note, its
 * task, and every repetition after a lost answer. Math.random() would give another one each time.
 */
export function onDuty(callId: string): number {
  let hash = 0x811c9dc5
  for (const character of callId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193)
  // Its lowest bits hardly differ from call to call.
  return users[(hash >>> 8) % users.length] as number
}
