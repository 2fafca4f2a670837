import type { Phase } from '../calls/call.ts'
import type { Crm } from '../crm/port.ts'
import { normalisePhone, phoneKey } from '../numbers/phone-number.ts'
import type { RegistrationSettings } from './settings.ts'
import { whyKeptOut } from './why-unregistered.ts'

export interface PopupsDeps {
  readonly crm: Pick<Crm, 'announceCall'>
  readonly settings: () => RegistrationSettings
  /** Waits until the request's turn has come. @throws when the service ends */
  readonly gather: (signal: AbortSignal) => Promise<void>
  readonly failed: (error: unknown, callId: string) => void
}

/** The CRM's own pop-up for whoever is rung: once a call and person, never tried again, dropped when nothing rings any more. */
export interface Popups extends AsyncDisposable {
  react(phase: Phase): void
}

interface RingingCall {
  readonly phone: string
  /** Extensions that ring now. */
  readonly ringing: Set<string>
  /** CRM users who were shown it, or soon will be. */
  readonly shown: Set<number>
  readonly waiting: Set<number>
}

export function createPopups({ crm, settings, gather, failed }: PopupsDeps): Popups {
  const calls = new Map<string, RingingCall>()
  const ending = new AbortController()
  const underWay = new Set<Promise<void>>()

  const announce = async (callId: string, call: RingingCall): Promise<void> => {
    try {
      // A ring group's phones ring one after another: they share a request.
      await gather(ending.signal)
      const users = [...call.waiting]
      call.waiting.clear()
      if (users.length > 0 && call.ringing.size > 0) await crm.announceCall(call.phone, users, ending.signal)
    } catch (error) {
      call.waiting.clear()
      if (!ending.signal.aborted) failed(error, callId)
    }
  }

  const ring = (callId: string, call: RingingCall, extension: string): void => {
    call.ringing.add(extension)
    const user = settings().users.get(extension)
    if (user === undefined || call.shown.has(user)) return
    call.shown.add(user)
    call.waiting.add(user)
    if (call.waiting.size > 1) return
    const work = announce(callId, call)
    underWay.add(work)
    void work.finally(() => underWay.delete(work))
  }

  return {
    react: (phase) => {
      const { call } = phase
      if (phase.kind === 'ended' || phase.kind === 'absorbed' || phase.kind === 'skipped') {
        calls.get(call.id)?.ringing.clear()
        calls.delete(call.id)
      }
      if (phase.kind === 'ringing-ended' || phase.kind === 'conversation-started')
        calls.get(call.id)?.ringing.delete(phase.extension)
      if (phase.kind !== 'ringing' || call.direction !== 'in') return
      const now = settings()
      const phone = normalisePhone(call.client, now.country)
      if (!now.popup || phoneKey(phone) === undefined || whyKeptOut(call, now) !== undefined) return
      const known = calls.get(call.id) ?? { phone, ringing: new Set(), shown: new Set(), waiting: new Set() }
      calls.set(call.id, known)
      ring(call.id, known, phase.extension)
    },
    [Symbol.asyncDispose]: async () => {
      ending.abort()
      await Promise.all(underWay)
    },
  }
}
