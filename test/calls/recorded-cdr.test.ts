import { describe, expect, test } from 'vitest'
import { readCdrRows } from '../../src/reconciliation/cdr-reader.ts'
import { tellCdr } from '../../src/reconciliation/tell-cdr.ts'
import { MOBILE_OF_105 } from './experienced.ts'
import { readRecording, recordedStories } from './recording.ts'

/** What CDR alone tells of real calls of Asterisk 16 and 22, where there is no CEL. */

const staff = { internal: /^1\d\d$/, people: [{ extension: '105', mobiles: [MOBILE_OF_105] }] }

/** A client whom the PBX called by itself and put into a conference: CDR has no word for who called whom. */
const CANNOT: Readonly<Record<string, readonly string[]>> = {
  'in-conference-client-called-in': ['in +79161112233 not answered', 'in +79221532327 answered'],
  'internal-client-conferenced-in': ['in +79221532327 answered'],
}

const outside = ({ direction }: { readonly direction: string }) => direction !== 'internal'

function told(rows: readonly Readonly<Record<string, unknown>>[]): readonly string[] {
  const calls = tellCdr(readCdrRows(rows, {}), { staff, trunks: undefined, country: 'RU' })
  return calls
    .filter(outside)
    .map(({ direction, client, answered }) => `${direction} ${client} ${answered ? 'answered' : 'not answered'}`)
    .toSorted()
}

describe.each(recordedStories())('given the CDR of $name of Asterisk $version', ({ version, name }) => {
  const { experienced, cdr } = readRecording({ version, name })
  const people = experienced
    .filter(outside)
    .map(
      ({ direction, client, result }) =>
        `${direction} ${client} ${result === 'answered' ? 'answered' : 'not answered'}`,
    )
    .toSorted()

  test('then client and direction are right, and so is whether somebody talked', () => {
    expect(told(cdr)).toEqual(CANNOT[name] ?? people)
  })

  test('when the record keeps no linkedid, as the file of a PBX without a database, then each client is still told so', () => {
    const alone = told(cdr.map(({ linkedid: _, ...row }) => row))
    // Where CDR cannot tell with a linkedid it tells even more without.
    expect(alone).toEqual(CANNOT[name] ? expect.arrayContaining([...CANNOT[name]]) : people)
  })
})
