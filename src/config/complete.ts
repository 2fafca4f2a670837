/** What an installer knows or was told. What is left out stays as the file has it, or as the schema's defaults have it. */
export interface Answers {
  readonly mode?: string | undefined
  readonly port?: number | undefined
  readonly administrator?: { readonly login: string; readonly password: string } | undefined
  readonly flavour?: string | undefined
  readonly asteriskDirectory?: string | undefined
  readonly ariUrl?: string | undefined
  readonly ariUser?: string | undefined
  readonly ariPassword?: string | undefined
  readonly database?: { readonly host: string; readonly port: number; readonly user?: string } | undefined
  readonly crmUrl?: string | undefined
  readonly crmToken?: string | undefined
}

export interface Makers {
  /** A new password of letters and digits. */
  readonly password: () => string
  /** What is kept of an administrator's password. */
  readonly keys: (login: string, password: string) => AdministratorKeys
}

export interface AdministratorKeys {
  readonly passwordHash: string
  readonly digest: { readonly md5: string; readonly sha256: string }
}

export interface Completed {
  readonly config: Tree
  /** Paths of what was added, `crm.url`; their values may be secrets. */
  readonly added: readonly string[]
}

export interface Tree {
  readonly [key: string]: unknown
}

/** Keys that only a person can tell. */
const asked = ['crm.url', 'crm.token', 'webserver.administrators'] as const

const isAsked = (path: string) => asked.some((key) => key === path)

/** Which of the keys that only a person can tell are not in the configuration. */
export function unanswered(config: Tree): readonly string[] {
  return asked.filter((key) => {
    // An integration that is authorised by OAuth has no token.
    const value = at(config, key) ?? (key === 'crm.token' ? at(config, 'crm.oauth') : undefined)
    return value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
  })
}

/** Adds what is not there. What is there stays, whatever the answers say: the file is the administrator's. */
export function complete(config: Tree, answers: Answers, make: Makers): Completed {
  const open = new Set(unanswered(config))
  const wanted: readonly (readonly [string, () => unknown])[] = [
    ['service.mode', () => answers.mode],
    ['webserver.port', () => answers.port],
    ['webserver.administrators', () => administrators(answers, make)],
    ['asterisk.flavour', () => answers.flavour],
    ['asterisk.directory', () => answers.asteriskDirectory],
    ['asterisk.ari.url', () => answers.ariUrl],
    ['asterisk.ari.user', () => answers.ariUser],
    ['asterisk.ari.password', () => answers.ariPassword ?? make.password()],
    ['database', () => answers.database && { ...answers.database, password: make.password() }],
    ['crm.url', () => answers.crmUrl],
    ['crm.token', () => answers.crmToken],
  ]
  const added: string[] = []
  const whole = wanted.reduce((tree, [path, value]) => {
    const there = !open.has(path) && (at(tree, path) !== undefined || isAsked(path))
    const answer = there ? undefined : value()
    if (answer === undefined) return tree
    added.push(path)
    return withValue(tree, path.split('.'), answer)
  }, config)
  return { config: whole, added }
}

function administrators({ administrator }: Answers, make: Makers): unknown {
  return administrator && [{ login: administrator.login, ...make.keys(administrator.login, administrator.password) }]
}

function at(tree: unknown, path: string): unknown {
  return path.split('.').reduce((node, key) => (isTree(node) ? node[key] : undefined), tree)
}

/** @throws TypeError when something that is no section stands in the way: completing it would throw it away. */
function withValue(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree {
  if (rest.length === 0) return { ...tree, [key]: value }
  const inner = tree[key] ?? {}
  if (!isTree(inner)) throw new TypeError(`"${key}" must be a section: { … }`)
  return { ...tree, [key]: withValue(inner, rest, value) }
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
