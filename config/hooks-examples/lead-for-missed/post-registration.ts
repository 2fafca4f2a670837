import type { Hook, HookCrm } from 'callweave/hooks'

/** A missed call becomes a lead of its client, unless the client has an open one. */
export default (async ({ call, value, client, line }, { crm, log }) => {
  if (call.direction !== 'in' || call.answered || client?.kind !== 'contact') return
  const open = await openLeadOf(crm, client.id)
  if (open !== undefined) return log(`contact ${client.id} has lead ${open}: no second one`)
  await crm.post('/api/v4/leads', [
    { name: `Пропущенный с ${line.label}: ${call.client}`, _embedded: { contacts: [{ id: client.id }] } },
  ])
  log(`a lead was made for contact ${client.id}, call note ${value.note}`)
}) satisfies Hook<'post-registration'>

interface Answer {
  readonly _embedded: { readonly leads: readonly { readonly id: number; readonly closed_at?: number | null }[] }
}

/** Asked of the CRM itself: our own index may be half a minute old. */
async function openLeadOf(crm: HookCrm, contact: number): Promise<number | undefined> {
  const found = (await crm.get(`/api/v4/contacts/${contact}?with=leads`)) as Answer | undefined
  const ids = found?._embedded.leads.map(({ id }) => id) ?? []
  if (ids.length === 0) return undefined
  const leads = (await crm.get(`/api/v4/leads?${ids.map((id) => `filter[id][]=${id}`).join('&')}`)) as Answer | undefined
  return leads?._embedded.leads.find(({ closed_at }) => !closed_at)?.id
}
