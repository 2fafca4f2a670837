/** Which room may import which; `docs/architecture.md` has the same table in words. */
export interface Rule {
  readonly room: string
  readonly may: readonly string[]
}

/** Rooms are the longest matching prefix of a path below `src/`. */
export const rules: readonly Rule[] = [
  { room: 'numbers', may: [] },
  { room: 'hours', may: [] },
  { room: 'templates', may: [] },
  { room: 'store', may: [] },
  { room: 'store/sqlite', may: ['store'] },
  { room: 'config', may: ['templates'] },
  { room: 'calls', may: ['numbers'] },
  { room: 'crm', may: ['numbers'] },
  { room: 'crm/amocrm', may: ['crm', 'numbers'] },
  { room: 'outbox', may: ['store'] },
  { room: 'asterisk', may: ['calls', 'numbers'] },
  { room: 'routing', may: ['calls', 'crm', 'store', 'numbers', 'hours'] },
  { room: 'staff', may: ['crm', 'store', 'numbers'] },
  { room: 'contact-index', may: ['crm', 'store', 'numbers'] },
  { room: 'registration', may: ['calls', 'crm', 'outbox', 'store', 'numbers', 'hours', 'templates'] },
  { room: 'cards', may: ['calls'] },
  { room: 'live', may: ['calls'] },
  { room: 'click-to-call', may: ['asterisk', 'calls', 'numbers'] },
  { room: 'recordings', may: [] },
  { room: 'reconciliation', may: ['calls', 'crm', 'store', 'numbers'] },
  { room: 'read-call', may: ['calls', 'crm', 'reconciliation', 'store'] },
  { room: 'hooks', may: ['calls', 'crm'] },
  { room: 'watching', may: ['calls', 'store'] },
  {
    room: 'http',
    may: [
      'calls',
      'numbers',
      'hours',
      'templates',
      'asterisk',
      'routing',
      'staff',
      'crm',
      'contact-index',
      'registration',
      'outbox',
      'cards',
      'live',
      'click-to-call',
      'recordings',
      'reconciliation',
      'read-call',
      'hooks',
      'store',
      'config',
    ],
  },
  { room: 'ui', may: [] },
  { room: 'widget', may: [] },
]

/** The composition root and the command line: they build everything, nothing imports them. */
export const roots: readonly string[] = ['service.ts', 'service', 'main.ts', 'commands']
