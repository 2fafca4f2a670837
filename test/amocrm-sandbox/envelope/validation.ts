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

/** amoCRM's ceiling for one add or update request (reference amocrm.md 2.2). */
const maximumItems = 250

/**
 * The items of a collection write: a bare JSON array of at most 250. One bad item refuses the whole array.
 * @throws Refused with 400
 */
export function parseItems<S extends z.ZodType>(
  request: ApiRequest,
  schema: S,
  maximum = maximumItems,
): Item<z.output<S>>[] {
  const sent = parseJson(request)
  if (!Array.isArray(sent) || sent.length === 0) throw badRequest('Invalid request data: a non-empty array is expected')
  if (sent.length > maximum) throw badRequest(`Invalid request data: at most ${maximum} items are allowed`)
  const items: Item<z.output<S>>[] = []
  const failures: { request_id: string; errors: ValidationError[] }[] = []
  sent.forEach((item: unknown, index) => {
    const requestId = requestIdOf(item) ?? String(index)
    const result = schema.safeParse(item, { reportInput: true })
    if (result.success) items.push({ value: result.data, requestId })
    else failures.push({ request_id: requestId, errors: errorsOf(result.error) })
  })
  if (failures.length > 0) throw invalid(failures)
  return items
}

/** The object of a single write; `request_id` in errors is `"0"`. @throws Refused with 400 */
export function parseObject<S extends z.ZodType>(request: ApiRequest, schema: S): z.output<S> {
  const sent = parseJson(request)
  if (!isObject(sent)) throw badRequest('Invalid request data: an object is expected')
  const result = schema.safeParse(sent, { reportInput: true })
  if (!result.success) throw invalid([{ request_id: '0', errors: errorsOf(result.error) }])
  return result.data
}

/** Refuses one item for a reason that only the state knows. */
export function invalidItem(requestId: string, code: string, path: string): Refused {
  return invalid([{ request_id: requestId, errors: [{ code, path, detail: details[code] ?? code }] }])
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
      return issue.keys.map((key) => validationError('FieldNotExpected', [...issue.path, key]))
    return [validationError(codeOf(issue), issue.path)]
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

function validationError(code: string, path: readonly PropertyKey[]): ValidationError {
  return { code, path: path.map(String).join('.'), detail: details[code] ?? code }
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
