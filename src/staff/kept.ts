/** Names under which the service keeps what it knows of the staff. */
export const kept = { table: 'staff.table', users: 'staff.users', unlisted: 'staff.unlisted' } as const
