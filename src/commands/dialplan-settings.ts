import type { DialplanSettings } from '../asterisk/dialplan.ts'
import type { AskIn, MacroStyle } from '../asterisk/dialplan-freepbx.ts'
import type { FoundPbx, PbxFlavour } from '../asterisk/dialplan-pbx.ts'
import { SettingError } from '../asterisk/setting-error.ts'
import type { Config } from '../config/schema.ts'

/** The command line says what there is not. */
export class ChoiceError extends SettingError {
  override name = 'ChoiceError'
}

/** What was said on the command line; it counts before the configuration, and that before what is found. */
export interface DialplanChoices {
  readonly pbx?: string | undefined
  /** FreePBX's own, `16`. */
  readonly pbxVersion?: string | undefined
  readonly macro?: boolean | undefined
  readonly gosub?: boolean | undefined
  readonly askIn?: string | undefined
}

const FLAVOURS: readonly PbxFlavour[] = ['plain', 'freepbx', 'issabel']
const PLACES: readonly AskIn[] = ['destination', 'all-lines', 'nowhere']
/** The first FreePBX whose routines are Gosub frames (reference ari.md 6.1). */
const FIRST_WITH_GOSUB = 17

/**
 * Which snippet this PBX gets. A configuration that says `plain`, which is what it says when nobody wrote anything, gives way to what the files tell.
 * @throws SettingError
 * @throws ChoiceError when the command line cannot be obeyed
 */
export function dialplanSettings(
  choices: DialplanChoices,
  config: Config | undefined,
  found: FoundPbx,
): DialplanSettings {
  const flavour = flavourOf(choices, config, found)
  const lines = config?.lines ?? []
  const common = {
    application: config?.asterisk.ari.application ?? 'callweave',
    dial: config?.asterisk.dialString ?? 'PJSIP/{extension}',
    decisionSeconds: config?.service.decisionSeconds ?? 1.5,
    lines: lines.flatMap(({ did, decisionSeconds }) =>
      decisionSeconds === undefined ? [] : [{ did, decisionSeconds }],
    ),
    places: lines.flatMap(({ did, routing: { on, whenUnanswered } }) =>
      on && whenUnanswered !== undefined ? [{ did, place: whenUnanswered }] : [],
    ),
    doNotDisturb: config?.asterisk.doNotDisturb ?? 'DND',
  }
  if (flavour === 'plain') return { flavour, ...common }
  return {
    flavour,
    ...common,
    askIn: oneOf(PLACES, choices.askIn ?? config?.asterisk.askIn ?? 'destination', '--ask-in'),
    macros: macrosOf(choices, flavour, found),
    recordings: lines.flatMap(({ did, recording }) => (recording === 'dontcare' ? [] : [{ did, policy: recording }])),
  }
}

/** @throws ChoiceError when `--pbx` names no kind of PBX. */
export function flavourOf({ pbx }: DialplanChoices, config: Config | undefined, found: FoundPbx): PbxFlavour {
  if (pbx !== undefined) return oneOf(FLAVOURS, pbx, '--pbx')
  const configured = config?.asterisk.flavour ?? 'plain'
  return configured === 'plain' ? found.flavour : configured
}

function macrosOf(choices: DialplanChoices, flavour: PbxFlavour, { macros }: FoundPbx): MacroStyle {
  const { macro, gosub, pbxVersion } = choices
  if (macro && gosub) throw new ChoiceError('--macro and --gosub exclude each other')
  if (macro || gosub) return gosub ? 'gosub' : 'macro'
  if (pbxVersion !== undefined) {
    const version = Number.parseInt(pbxVersion, 10)
    if (!(version >= 2 && version < 100)) throw new ChoiceError(`--pbx-version ${pbxVersion}: a number, like 16`)
    return flavour === 'freepbx' && version >= FIRST_WITH_GOSUB ? 'gosub' : 'macro'
  }
  if (macros) return macros
  if (flavour === 'issabel') return 'macro'
  throw new SettingError(
    `extensions_additional.conf does not tell how this FreePBX calls its routines; say it with --pbx-version 17, --macro or --gosub`,
  )
}

function oneOf<T extends string>(allowed: readonly T[], value: string, option: string): T {
  const known = allowed.find((one) => one === value)
  if (known === undefined) throw new ChoiceError(`${option} ${value}: there is ${allowed.join(', ')}`)
  return known
}
