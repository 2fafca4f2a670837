import type { Hook } from 'callweave/hooks'

/** Stages in which a lead is in somebody's hands. */
const inHand = new Set([9000003, 9000004])
/** CRM user who takes everybody else. */
const dispatcher = 7000003

/** Missed calls belong to the owner of the client's lead that is in hand, those of all other clients to the dispatcher; the call stands on that lead. */
export default (({ call, openLeads }) => {
  if (call.answered) return
  const lead = openLeads.find(({ status, owner }) => inHand.has(status) && owner > 0)
  if (!lead) return { person: dispatcher, author: dispatcher }
  return { person: lead.owner, author: lead.owner, entity: { kind: 'lead', id: lead.id } }
}) satisfies Hook<'call-parameters'>
