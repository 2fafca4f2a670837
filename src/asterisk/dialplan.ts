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
  /** Where lines go on whose routed ring nobody answered: `context,extension,priority`. */
  readonly places?: readonly { readonly did: string; readonly place: string }[]
  /** Family of Asterisk's database with a key for everybody who does not want to be disturbed; empty: none. */
  readonly doNotDisturb?: string
}

/**
 * Asterisk's own end of the wait: the service's deadline and this much, so that an answer in time always counts (design
 * section 4). Asterisk 16 carries a `continue` out up to 0.2 s after it took it, 22 at once (measured on 16.28 and 22.10).
 */
const GUARD_SECONDS = 0.5
/** Characters the snippet lets through of a DID; `FILTER` in callweave-in.conf.tmpl says the same. */
const DID = /^[0-9A-Za-z+*#@._-]+$/

/** A place of a dialplan, and nothing that could be more than one. */
const PLACE = /^[A-Za-z0-9_-]+,[A-Za-z0-9_*#+.-]+,[1-9]\d*$/

/** Names of the templates in `dialplan/` that make the snippet of one kind of PBX, in order. */
export function dialplanTemplates(settings: DialplanSettings): readonly string[] {
  const { ways, ring } =
    settings.flavour === 'plain'
      ? { ways: ['callweave-in.plain'], ring: 'callweave-ring.plain' }
      : freepbxTemplates(settings)
  return [
    'header',
    ...ways,
    'callweave-in',
    'callweave-ask',
    ring,
    'callweave-skip',
    'callweave-click',
    'callweave-test',
  ]
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
  const { application, dial, decisionSeconds, lines, places = [], doNotDisturb = 'DND' } = settings
  if (!/^[\w-]{1,40}$/.test(application)) throw new SettingError('application: letters, digits, - and _ only')
  if (!dial.includes('{extension}') || /[\s,;]/.test(dial))
    throw new SettingError('dialString: must hold {extension}, and no commas, semicolons or spaces')
  if (!/^\w{0,30}$/.test(doNotDisturb)) throw new SettingError('doNotDisturb: letters, digits and _ only')
  const wait = waitOf(decisionSeconds)
  const others = lines.filter((line) => waitOf(line.decisionSeconds) !== wait)
  return new Map([
    ['application', application],
    ['dial', dial.replaceAll('{extension}', '$' + '{ARG2}')],
    ['wait', wait],
    ['lines', others.map(lineWait).join('')],
    ['undisturbed', doNotDisturb === '' ? '' : `,dnd=\${DB_KEYS(${doNotDisturb})}`],
    ['places', placesOf(places)],
    ...(settings.flavour === 'plain' ? [] : freepbxValues(settings.flavour, settings)),
  ])
}

/** After a ring that nobody answered: the PBX is asked first whether the place is there. */
function placesOf(places: NonNullable<CommonSettings['places']>): string {
  if (places.length === 0) return ''
  return [
    String.raw`Set(LOCAL(line)=@{FILTER(0-9A-Za-z+*#@._\x2d,@{ARG1})})`,
    'Set(LOCAL(place)=)',
    ...places.map(linePlace),
    'GotoIf($["@{CALLWEAVE_ANSWER:0:5}" != "ring," | @{LEN(@{place})} = 0]?on)',
    'GotoIf($[@{DIALPLAN_EXISTS(@{place})} = 0]?on)',
    'Set(CALLWEAVE_PLACE=@{place})',
    'StackPop()',
    'Goto(@{CALLWEAVE_PLACE})',
  ]
    .map((step) => ` same => n,${step.replaceAll('@{', '$' + '{')}\n`)
    .join('')
}

function linePlace({ did, place }: { readonly did: string; readonly place: string }): string {
  if (!DID.test(did)) throw new SettingError(`line ${did}: a DID may have digits, letters and + * # @ . _ - only`)
  if (!PLACE.test(place)) throw new SettingError(`line ${did}: a place is context,extension,priority`)
  return `ExecIf($["@{line}" = "${did}"]?Set(LOCAL(place)=${place}))`
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
