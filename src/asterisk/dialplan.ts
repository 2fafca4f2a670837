import { type FreepbxSettings, freepbxTemplates, freepbxValues } from './dialplan-freepbx.ts'
import { SettingError } from './setting-error.ts'

/** What the snippet is made from, by the kind of PBX. */
export type DialplanSettings = CommonSettings &
  ({ readonly flavour: 'plain' } | ({ readonly flavour: 'freepbx' | 'issabel' } & FreepbxSettings))

interface CommonSettings {
  /** Name of the Stasis application, as in the service's configuration. */
  readonly application: string
  /** How `Dial()` of a plain PBX reaches an extension; `{extension}` stands for it: `PJSIP/{extension}`. */
  readonly dial: string
  /** How long a call waits for the service. */
  readonly decisionSeconds: number
  /** Lines that wait otherwise. */
  readonly lines: readonly { readonly did: string; readonly decisionSeconds: number }[]
}

/**
 * Asterisk's own end of the wait: the service's deadline and this much, so that an answer in time always counts (design
 * section 4). Asterisk 16 carries a `continue` out up to 0.2 s after it took it, 22 at once (measured on 16.28 and 22.10).
 */
const GUARD_SECONDS = 0.5
/** Characters the snippet lets through of a DID; `FILTER` in callweave-in.conf.tmpl says the same. */
const DID = /^[0-9A-Za-z+*#@._-]+$/

/** Names of the templates in `dialplan/` that make the snippet of one kind of PBX, in order. */
export function dialplanTemplates(settings: DialplanSettings): readonly string[] {
  const { ways, ring } =
    settings.flavour === 'plain'
      ? { ways: ['callweave-in.plain'], ring: 'callweave-ring.plain' }
      : freepbxTemplates(settings)
  return ['header', ...ways, 'callweave-in', 'callweave-ask', ring, 'callweave-skip', 'callweave-click']
}

/**
 * The snippet as one file. Same settings, same text: it holds no date and no version.
 * @param template gives the text of a template by its name.
 * @throws SettingError
 */
export function renderDialplan(settings: DialplanSettings, template: (name: string) => string): string {
  const values = valuesOf(settings)
  const text = dialplanTemplates(settings).map(template).join('')
  return text.replace(/^\{\{(\w+)\}\}\n|\{\{(\w+)\}\}/gm, (_whole, line?: string, inline?: string) => {
    const name = line ?? inline ?? ''
    const value = values.get(name)
    if (value === undefined) throw new SettingError(`a template asks for {{${name}}}, which is no setting`)
    return value
  })
}

function valuesOf(settings: DialplanSettings): ReadonlyMap<string, string> {
  const { application, dial, decisionSeconds, lines } = settings
  if (!/^[\w-]{1,40}$/.test(application)) throw new SettingError('application: letters, digits, - and _ only')
  if (!dial.includes('{extension}') || /[\s,;]/.test(dial))
    throw new SettingError('dialString: must hold {extension}, and no commas, semicolons or spaces')
  const wait = waitOf(decisionSeconds)
  const others = lines.filter((line) => waitOf(line.decisionSeconds) !== wait)
  return new Map([
    ['application', application],
    ['dial', dial.replaceAll('{extension}', '$' + '{ARG2}')],
    ['wait', wait],
    ['lines', others.map(lineWait).join('')],
    ...(settings.flavour === 'plain' ? [] : freepbxValues(settings.flavour, settings)),
  ])
}

function lineWait({ did, decisionSeconds }: DialplanSettings['lines'][number]): string {
  if (!DID.test(did)) throw new SettingError(`line ${did}: a DID may have digits, letters and + * # @ . _ - only`)
  return ` same => n,ExecIf($["\${ARG1}" = "${did}"]?Set(LOCAL(wait)=${waitOf(decisionSeconds)}))\n`
}

function waitOf(decisionSeconds: number): string {
  if (!(decisionSeconds > 0 && decisionSeconds <= 60))
    throw new SettingError('decisionSeconds: more than 0, at most 60')
  return (decisionSeconds + GUARD_SECONDS).toFixed(3).replace(/0{1,2}$/, '')
}
