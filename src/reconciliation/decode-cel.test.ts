import { expect, test } from 'vitest'
import { decodeCel } from './decode-cel.ts'

const born = {
  ...{ id: 1, eventtype: 'CHAN_START', eventtime: '2026-11-20 11:48:52', cid_num: '+79221532327' },
  ...{ exten: '7050', context: 'from-trunk', channame: 'PJSIP/trunk-00000000', appname: '', appdata: '' },
  ...{ uniqueid: '1795175332.0', linkedid: '1795175332.0', peer: '', userdeftype: '', extra: '' },
}
/** As 16.28 and 22.10 write it into FreePBX's table: the event's own name stands in `eventtype`. */
const marked = {
  ...{ ...born, id: 2, eventtype: 'callweave', exten: 's', context: 'callweave-skip', userdeftype: 'callweave' },
  ...{ appname: 'CELGenUserEvent', appdata: 'callweave,skip', extra: '{"extra":"skip"}' },
}
const answeredIn = (context: string) => ({ ...born, id: 2, eventtype: 'ANSWER', context, exten: 's' })
const skippedBy = (row: object) => decodeCel([born, row]).filter((event) => 'channel' in event && event.channel.skipped)

test.each([
  ['as Asterisk writes it', marked],
  ['whose event is called USER_DEFINED', { ...marked, eventtype: 'USER_DEFINED' }],
  ['in a table without userdeftype', { ...marked, userdeftype: undefined }],
  ['whose extra was cut off', { ...marked, extra: '{"ext' }],
  ['in a table without appdata', { ...marked, appdata: undefined }],
  ['of a caller the blacklist turns away', answeredIn('app-blacklist-check')],
])('given a row %s, then the call is to be skipped', (_what, row) => {
  expect(skippedBy(row)).toMatchObject([{ kind: 'channel-seen', channel: { id: '1795175332.0', skipped: true } }])
})

test.each([
  ['our answer', { ...marked, appdata: 'callweave,ring,101,20', extra: '{"extra":"ring,101,20"}' }],
  ['somebody else’s event', { ...marked, eventtype: 'billing', userdeftype: 'billing', appdata: 'billing,skip' }],
  ['an answer', answeredIn('default-route')],
])('given %s, then the call is not skipped', (_what, row) => {
  expect(skippedBy(row)).toEqual([])
})
