/** The tables of the PBX as the configuration names them. */
export interface RecordTables {
  readonly cdrTable: string
  readonly celTable: string
  /** Our name of a column → the table's. */
  readonly columns: {
    readonly cdr: Readonly<Record<string, string>>
    readonly cel: Readonly<Record<string, string>>
  }
  /** IANA name; left out: worked out from the rows. */
  readonly timeZone?: string | undefined
}

/** Without these CEL tells no calls. */
export const CEL_NEEDED = ['eventtype', 'eventtime', 'channame', 'uniqueid', 'linkedid'] as const
/** What is read besides where the table has it; `eventextra` is Issabel's name of `extra`. */
export const CEL_WANTED = [
  ...['id', 'cid_num', 'exten', 'context', 'appname', 'appdata', 'userdeftype', 'peer', 'extra', 'eventextra'],
] as const
export const CDR_NEEDED = [
  'calldate',
  'src',
  'dst',
  'channel',
  'dstchannel',
  'disposition',
  'duration',
  'billsec',
  'uniqueid',
] as const
export const CDR_WANTED = [
  'dcontext',
  'lastapp',
  'lastdata',
  'did',
  'recordingfile',
  'cnum',
  'linkedid',
  'sequence',
] as const
