import type { Popup, Unsorted, User } from '../state/entities.ts'
import { account, type Pipeline } from '../state/seed.ts'
import * as views from '../state/views.ts'
import type { World } from '../state/world.ts'
import type { RecordedRequest, RequestLog } from '../transport/request-log.ts'

/** Everything the page shows; also served as JSON. Instants are unix seconds, `at` of requests epoch milliseconds. */
export interface PageState {
  readonly account: { readonly id: number; readonly name: string; readonly subdomain: string }
  readonly at: number
  readonly users: readonly User[]
  readonly pipelines: readonly Pipeline[]
  readonly contacts: readonly views.ClientView[]
  readonly companies: readonly views.ClientView[]
  readonly leads: readonly views.LeadView[]
  readonly callNotes: readonly views.CallNoteView[]
  readonly notes: readonly views.NoteView[]
  readonly tasks: readonly views.TaskView[]
  readonly unsorted: readonly Unsorted[]
  readonly popups: readonly Popup[]
  /** The latest ones only. */
  readonly requests: readonly RecordedRequest[]
  readonly requestCount: number
}

const shownRequests = 200

export function pageState(world: World, log: RequestLog): PageState {
  return {
    account: { id: account.id, name: account.name, subdomain: world.account.subdomain },
    at: world.seconds(),
    users: world.users,
    pipelines: world.pipelines,
    contacts: views.clientViews(world, 'contacts'),
    companies: views.clientViews(world, 'companies'),
    leads: views.leadViews(world),
    callNotes: views.callNoteViews(world),
    notes: views.noteViews(world),
    tasks: views.taskViews(world),
    unsorted: [...world.unsorted.values()],
    popups: world.popups,
    requests: log.latest(shownRequests),
    requestCount: log.count(),
  }
}
