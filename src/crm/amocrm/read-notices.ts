import type { CrmNotice } from '../notices.ts'
import type { EntityKind } from '../port.ts'
import { decodePhpForm, type FormNode, nodeIn, textIn } from './php-form.ts'

/**
 * The notices in one webhook delivery: a form with PHP's brackets, everything text (reference amocrm.md 11.2, 11.3). A company comes as a contact with
 * `type=company`; a merge as the deletion of the loser. Each notice comes once.
 * @param account id of our account when it is known: deliveries of another are left out
 */
export function readNotices(body: string, account: number | undefined): readonly CrmNotice[] {
  const form = decodePhpForm(body)
  const sender = textIn(form, 'account', 'id')
  if (account !== undefined && sender !== undefined && sender !== String(account)) return []
  const notices = [
    ...entityNotices(form, 'contacts', clientKind),
    ...entityNotices(form, 'companies', () => 'company'),
    ...entityNotices(form, 'leads', () => 'lead'),
    ...taskNotices(form),
    ...incomingNotices(form),
  ]
  return [...new Map(notices.map((notice) => [JSON.stringify(notice), notice])).values()]
}

const CHANGES: readonly string[] = ['add', 'update', 'restore', 'responsible', 'status']

function clientKind(item: FormNode): EntityKind {
  return textIn(item, 'type') === 'company' ? 'company' : 'contact'
}

function entityNotices(form: FormNode, list: string, kindOf: (item: FormNode) => EntityKind): readonly CrmNotice[] {
  const notice = (kind: 'changed' | 'deleted') => (item: FormNode) => {
    const id = idIn(item, 'id')
    return id === undefined ? [] : [{ kind, entity: { kind: kindOf(item), id } }]
  }
  return [
    ...CHANGES.flatMap((event) => itemsOf(form, list, event).flatMap(notice('changed'))),
    ...itemsOf(form, list, 'delete').flatMap(notice('deleted')),
  ]
}

function taskNotices(form: FormNode): readonly CrmNotice[] {
  return ['add', 'update', 'delete']
    .flatMap((event) => itemsOf(form, 'task', event))
    .flatMap((item) => idIn(item, 'id') ?? [])
    .map((id) => ({ kind: 'task', id }))
}

function incomingNotices(form: FormNode): readonly CrmNotice[] {
  return (['add', 'update', 'delete'] as const).flatMap((event) =>
    itemsOf(form, 'unsorted', event).flatMap((item) => {
      const uid = textIn(item, 'uid')
      const what = incomingChange(event, textIn(item, 'action'))
      if (uid === undefined || uid === '' || what === undefined) return []
      const lead = idIn(item, 'lead_id')
      return [{ kind: 'incoming' as const, uid, what, ...(lead !== undefined && { lead }) }]
    }),
  )
}

function incomingChange(event: 'add' | 'update' | 'delete', action: string | undefined) {
  if (event === 'add') return 'added'
  if (action === 'accept') return 'accepted'
  if (action === 'decline') return 'declined'
  return event === 'delete' ? 'deleted' : undefined
}

function itemsOf(form: FormNode, list: string, event: string): readonly FormNode[] {
  const items = nodeIn(form, list, event)
  return typeof items === 'object' ? [...items.values()] : []
}

function idIn(item: FormNode, key: string): number | undefined {
  const text = textIn(item, key) ?? ''
  return /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined
}
