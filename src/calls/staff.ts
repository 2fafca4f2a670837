/** Who works here, as the interpreter needs to know it. */
export interface StaffDirectory {
  /** Endpoint names and dialled numbers that are extensions although no person is listed for them. */
  readonly internal: RegExp | undefined
  readonly people: readonly StaffMember[]
  /** Outside numbers of the house of whom nobody knows whose they are; patterns like a person's. */
  readonly mobiles?: readonly string[]
}

export interface StaffMember {
  readonly extension: string
  /** The CRM's user id, when the person has one. */
  readonly user?: number
  /** The person's outside numbers; a leg to one of them is that person. `X` stands for any digit: `8123456XXXX`. */
  readonly mobiles: readonly string[]
}
