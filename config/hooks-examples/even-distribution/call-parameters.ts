import type { Hook } from 'callweave/hooks'
import { onDuty } from './_on-duty.ts'

export default (({ call }) => {
  if (call.direction !== 'in' || call.answered) return
  return { person: onDuty(call.id), author: onDuty(call.id) }
}) satisfies Hook<'call-parameters'>
