import type { z } from 'zod'
import { badRequest, problem, Refused } from '../transport/answer.ts'
import type { ApiRequest } from '../transport/route-table.ts'

export interface ValidationError {
  readonly code: string
  readonly path: string
  readonly detail: string
}

export interface Item<T> {
  readonly value: T
  /** As sent, else the item's index. */
  readonly requestId: string
}

/** What only the state knows to be wrong with an item that has the right shape. */
export interface Flaw {
  readonly code: string
  readonly path: string
}

/** amoCRM's ceiling for one add or update request (reference amocrm.md 2.2). */
const maximumItems = 250

/**
 * The items of a collection write: a bare JSON array of at most 250. One bad item refuses the whole array, and all bad ones are named.
 * @throws Refused with 400
 */
export function parseItems<S extends z.ZodType>(
  request: ApiRequest,
  schema: S,
  options: { readonly maximum?: number; readonly check?: (value: z.output<S>) => Flaw | undefined } = {},
): Item<z.output<S>>[] {
  const sent = parseJson(request)
  const maximum = options.maximum ?? maximumItems
  if (!Array.isArray(sent) || sent.length === 0) throw badRequest('Invalid request data: a non-empty array is expected')
  if (sent.length > maximum) throw badRequest(`Invalid request data: at most ${maximum} items are allowed`)
  const items: Item<z.output<S>>[] = []
  const failures: { request_id: string; errors: ValidationError[] }[] = []
  sent.forEach((item: unknown, index) => {
    const requestId = requestIdOf(item) ?? String(index)
    const result = schema.safeParse(item, { reportInput: true })
    const flaw = result.success ? options.check?.(result.data) : undefined
    if (!result.success) failures.push({ request_id: requestId, errors: errorsOf(result.error) })
    else if (flaw !== undefined) failures.push({ request_id: requestId, errors: [errorOf(flaw)] })
    else items.push({ value: result.data, requestId })
  })
  if (failures.length > 0) throw invalid(failures)
  return items
}

/** The object of a single write; `request_id` in errors is `"0"`. @throws Refused with 400 */
export function parseObject<S extends z.ZodType>(
  request: ApiRequest,
  schema: S,
  check?: (value: z.output<S>) => Flaw | undefined,
): z.output<S> {
  const sent = parseJson(request)
  if (!isObject(sent)) throw badRequest('Invalid request data: an object is expected')
  const result = schema.safeParse(sent, { reportInput: true })
  if (!result.success) throw invalid([{ request_id: '0', errors: errorsOf(result.error) }])
  const flaw = check?.(result.data)
  if (flaw !== undefined) throw invalid([{ request_id: '0', errors: [errorOf(flaw)] }])
  return result.data
}

function invalid(failures: readonly { request_id: string; errors: readonly ValidationError[] }[]): Refused {
  return new Refused(problem(400, 'Request validation failed', { 'validation-errors': failures }))
}

function parseJson(request: ApiRequest): unknown {
  if (!/^application\/(hal\+)?json\b/i.test(request.contentType))
    throw badRequest('Invalid request data: Content-Type must be application/json')
  try {
    return JSON.parse(request.body)
  } catch {
    throw badRequest('Invalid request data: not JSON')
  }
}

function errorsOf(error: z.ZodError): ValidationError[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => errorOf({ code: 'FieldNotExpected', path: dotted([...issue.path, key]) }))
    return [errorOf({ code: codeOf(issue), path: dotted(issue.path) })]
  })
}

function codeOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom')
    return typeof issue.params?.['amocrm'] === 'string' ? issue.params['amocrm'] : 'NotSupportedChoice'
  const given = givenTo(issue)
  if (given === undefined) return 'FieldMissing'
  if (given === null) return 'NotNullable'
  if (issue.code === 'too_small' && issue.origin === 'string') return 'NotBlank'
  return issue.code === 'invalid_type' || (issue.code === 'invalid_union' && !isDiscriminated(issue))
    ? 'InvalidType'
    : 'NotSupportedChoice'
}

/** For a discriminated union zod reports the whole object; what was wrong is its discriminator. */
function givenTo(issue: z.core.$ZodIssue): unknown {
  if (!isDiscriminated(issue) || !isObject(issue.input)) return issue.input
  return issue.input[String(issue.path.at(-1))]
}

function isDiscriminated(issue: z.core.$ZodIssue): boolean {
  return 'discriminator' in issue && issue.discriminator !== undefined
}

function errorOf(flaw: Flaw): ValidationError {
  return { ...flaw, detail: details[flaw.code] ?? flaw.code }
}

function dotted(path: readonly PropertyKey[]): string {
  return path.map(String).join('.')
}

const details: Readonly<Record<string, string>> = {
  FieldMissing: 'This field is missing.',
  FieldNotExpected: 'This field was not expected.',
  NotNullable: 'This value should not be null.',
  NotBlank: 'This value should not be blank.',
  NotSupportedChoice: 'The value you selected is not a valid choice.',
  InvalidType: 'This value has the wrong type.',
}

function requestIdOf(item: unknown): string | undefined {
  if (!isObject(item)) return undefined
  return typeof item['request_id'] === 'string' ? item['request_id'] : undefined
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
