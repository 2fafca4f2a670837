import type { FieldDefinition, User } from './entities.ts'

/** The account every sandbox starts with; ids as in the examples of reference amocrm.md. */
export const account = { id: 30012345, name: 'Acme', subdomain: 'acme', createdAt: 1650000000 } as const

export function seedUsers(): User[] {
  return [
    { id: 7000001, name: 'Анна Смирнова', email: 'anna@acme.example', admin: true, active: true },
    { id: 7000002, name: 'Борис Кузнецов', email: 'boris@acme.example', admin: false, active: true },
    { id: 7000003, name: 'Вера Орлова', email: 'vera@acme.example', admin: false, active: true },
    { id: 7000009, name: 'Глеб Уволенный', email: 'gleb@acme.example', admin: false, active: false },
  ]
}

export const taskTypes = [
  { id: 1, name: 'Связаться', color: null, icon_id: null, code: 'FOLLOW_UP' },
  { id: 2, name: 'Встреча', color: null, icon_id: null, code: 'MEETING' },
] as const

export interface Status {
  readonly id: number
  readonly name: string
  readonly sort: number
  readonly color: string
  /** 1 is the stage of incoming leads. */
  readonly type: 0 | 1
}

export interface Pipeline {
  readonly id: number
  readonly name: string
  readonly sort: number
  readonly main: boolean
  readonly statuses: readonly Status[]
}

/** Won and lost have the same two ids in every pipeline. */
export const won = 142
export const lost = 143

export const pipelines: readonly Pipeline[] = [
  {
    id: 4400,
    name: 'Воронка',
    sort: 1,
    main: true,
    statuses: [
      { id: 44000, name: 'Неразобранное', sort: 10, color: '#c1c1c1', type: 1 },
      { id: 44001, name: 'Первичный контакт', sort: 20, color: '#99ccff', type: 0 },
      { id: 44002, name: 'Переговоры', sort: 30, color: '#ffcc66', type: 0 },
      { id: won, name: 'Успешно реализовано', sort: 10000, color: '#CCFF66', type: 0 },
      { id: lost, name: 'Закрыто и не реализовано', sort: 11000, color: '#D5D8DB', type: 0 },
    ],
  },
]

const phoneEnums = ['WORK', 'WORKDD', 'MOB', 'FAX', 'HOME', 'OTHER']
const emailEnums = ['WORK', 'PRIV', 'OTHER']

function enums(codes: readonly string[], firstId: number): FieldDefinition['enums'] {
  return codes.map((code, index) => ({ id: firstId + index, code }))
}

export const fieldDefinitions: Readonly<Record<'contacts' | 'companies' | 'leads', readonly FieldDefinition[]>> = {
  contacts: [
    { id: 11001, name: 'Телефон', code: 'PHONE', type: 'multitext', enums: enums(phoneEnums, 12001) },
    { id: 11003, name: 'Email', code: 'EMAIL', type: 'multitext', enums: enums(emailEnums, 12011) },
    { id: 11005, name: 'Должность', code: 'POSITION', type: 'text', enums: [] },
    { id: 11007, name: 'Паспорт', code: null, type: 'text', enums: [] },
  ],
  companies: [
    { id: 11101, name: 'Телефон', code: 'PHONE', type: 'multitext', enums: enums(phoneEnums, 12101) },
    { id: 11103, name: 'Email', code: 'EMAIL', type: 'multitext', enums: enums(emailEnums, 12111) },
    { id: 11105, name: 'Web', code: 'WEB', type: 'url', enums: [] },
    { id: 11107, name: 'Адрес', code: 'ADDRESS', type: 'textarea', enums: [] },
  ],
  leads: [{ id: 11201, name: 'Номер заказа', code: null, type: 'text', enums: [] }],
}
