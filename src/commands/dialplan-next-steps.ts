import type { DialplanSettings } from '../asterisk/dialplan.ts'
import type { FoundPbx } from '../asterisk/dialplan-pbx.ts'

/** What a person does next so that calls ask, one sentence a line; it depends on the PBX and on where calls ask. */
export function afterInstall(settings: DialplanSettings, { foreignPstn }: FoundPbx): string {
  return `${[...steps(settings), ...warnings(settings, foreignPstn)].join('\n')}\n`
}

function steps(settings: DialplanSettings): readonly string[] {
  if (settings.flavour === 'plain')
    return ['Calls are handed over where your inbound context says Gosub(callweave-in,s,1($' + '{EXTEN}))']
  switch (settings.askIn) {
    case 'nowhere':
      return ['Calls are watched only: asterisk.askIn is "nowhere".']
    case 'all-lines':
      return ['Every inbound call asks, before its route (asterisk.askIn is "all-lines").']
    case 'destination':
      return settings.flavour === 'freepbx' ? freepbxDestination : issabelDestination
    default:
      return unreachable(settings.askIn)
  }
}

const freepbxDestination = [
  'In FreePBX: Admin > Custom Destinations > Add. Target: callweave-route,s,1. Return: Yes. Destination: where these calls go today.',
  'Then let the inbound route (time condition, IVR entry) go to this Custom Destination, and apply the configuration.',
]

const issabelDestination = [
  'In Issabel: PBX > Custom Destinations > Add. Its destinations have no return, so say where the call goes on: callweave-to,ext-queues*700,1',
  '(queue 700; ext-group*600 is ring group 600, ext-local*101 extension 101, timeconditions*1 the first time condition, ivr-3*s a menu).',
  'Then let the inbound route (time condition, IVR entry) go to this Custom Destination, and apply the changes.',
]

function warnings(settings: DialplanSettings, foreignPstn: readonly string[]): readonly string[] {
  if (settings.flavour === 'plain' || settings.askIn !== 'all-lines' || foreignPstn.length === 0) return []
  return [
    `Look at from-pstn-custom in ${foreignPstn.join(', ')}: calls it takes by a closer pattern do not ask, and what it includes is not reached by those that do.`,
  ]
}

function unreachable(value: never): never {
  throw new Error(`no such place: ${String(value)}`)
}
