import { createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Database } from '../lab/maria-db.ts'

/** What the PBX's own tables say of one client's number. */
export interface RecordedCall {
  readonly linkedids: readonly string[]
  /** Rows of CEL and CDR. */
  readonly cel: number
  readonly cdr: number
  /** Phones of the house that answered, as CEL has it. */
  readonly answeredBy: readonly string[]
  /** The longest `billsec` of its CDR rows; undefined without any. */
  readonly billedSeconds?: number
}

export interface PbxRecords {
  readonly of: ReadonlyMap<string, RecordedCall>
  /** All rows, for whoever looks into a wrong call. */
  readonly cel: readonly RowDataPacket[]
  readonly cdr: readonly RowDataPacket[]
}

/** Reads CEL and CDR with its own statements: nothing here is shared with the service. */
export async function readRecords(database: Database, numbers: readonly string[]): Promise<PbxRecords> {
  const connection = await createConnection({ ...database, dateStrings: true })
  try {
    const [cel] = await connection.query<RowDataPacket[]>('SELECT * FROM cel ORDER BY id')
    const [cdr] = await connection.query<RowDataPacket[]>('SELECT * FROM cdr ORDER BY calldate')
    const known = new Set(numbers)
    const linkedids = new Map<string, Set<string>>()
    const see = (number: unknown, linkedid: unknown): void => {
      if (typeof number !== 'string' || !known.has(number)) return
      const seen = linkedids.get(number) ?? new Set()
      linkedids.set(number, seen.add(String(linkedid)))
    }
    for (const row of cel)
      for (const column of ['cid_num', 'cid_ani', 'cid_dnid', 'exten']) see(row[column], row['linkedid'])
    for (const row of cdr) for (const column of ['src', 'dst', 'cnum']) see(row[column], row['linkedid'])
    const celOf = Map.groupBy(cel, (row) => String(row['linkedid']))
    const cdrOf = Map.groupBy(cdr, (row) => String(row['linkedid']))
    const recorded = [...linkedids].map(([number, ids]) => {
      const rows = [...ids].flatMap((id) => celOf.get(id) ?? [])
      const bills = [...ids].flatMap((id) => cdrOf.get(id) ?? [])
      return [number, recordedCall([...ids], rows, bills)] as const
    })
    return { of: new Map(recorded), cel, cdr }
  } finally {
    await connection.end()
  }
}

function recordedCall(
  linkedids: readonly string[],
  cel: readonly RowDataPacket[],
  cdr: readonly RowDataPacket[],
): RecordedCall {
  const phones = cel
    .filter((row) => row['eventtype'] === 'ANSWER')
    .flatMap((row) => /^PJSIP\/(1\d\d)-/.exec(String(row['channame']))?.[1] ?? [])
  const billed = cdr.map((row) => Number(row['billsec']))
  return {
    ...{ linkedids, cel: cel.length, cdr: cdr.length, answeredBy: [...new Set(phones)] },
    ...(billed.length > 0 && { billedSeconds: Math.max(...billed) }),
  }
}
