import type { Hook } from 'callweave/hooks'
import { onDuty } from './_on-duty.ts'

export default (({ call }) => ({ owner: onDuty(call.id) })) satisfies Hook<'task-creation'>
