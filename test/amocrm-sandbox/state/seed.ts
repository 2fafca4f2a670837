import type { FieldDefinition, User } from './entities.ts'

/** The account every sandbox starts with; ids as in the examples of reference amocrm.md. */
export const account = { id: 30012345, name: 'Acme', subdomain: 'acme', createdAt: 1650000000 } as const

/** What people can switch while a sandbox runs. */
export interface AccountState {
  subdomain: string
  /** Incoming leads as a whole; each pipeline has a switch of its own. */
  unsortedOn: boolean
  /** The paid feature that makes `filter[custom_fields_values]` work. */
  apiFilterOn: boolean
}

export const lossReasons = [
  { id: 5001, name: 'Дорого', sort: 10 },
  { id: 5002, name: 'Не дозвонились', sort: 20 },
] as const

export const roles = [{ id: 6001, name: 'Менеджер' }] as const

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
  unsortedOn: boolean
  archived: boolean
}

/** Won and lost have the same two ids in every pipeline. */
export const won = 142
export const lost = 143

export function seedPipelines(): Pipeline[] {
  return [newPipeline({ id: 4400, name: 'Воронка', main: true, stages: ['Первичный контакт', 'Переговоры'] })]
}

/** Its incoming stage has the id times ten, the ordinary ones follow; the closed ones are those of every pipeline. */
export function newPipeline(pipeline: {
  readonly id: number
  readonly name: string
  readonly main: boolean
  readonly stages: readonly string[]
}): Pipeline {
  const first = pipeline.id * 10
  const colors = ['#99ccff', '#ffcc66']
  return {
    id: pipeline.id,
    name: pipeline.name,
    sort: pipeline.main ? 1 : pipeline.id,
    main: pipeline.main,
    unsortedOn: true,
    archived: false,
    statuses: [
      { id: first, name: 'Неразобранное', sort: 10, color: '#c1c1c1', type: 1 },
      ...pipeline.stages.map((name, index) => ({
        id: first + 1 + index,
        name,
        sort: 20 + 10 * index,
        color: colors[index % colors.length] ?? '#99ccff',
        type: 0 as const,
      })),
      { id: won, name: 'Успешно реализовано', sort: 10000, color: '#CCFF66', type: 0 },
      { id: lost, name: 'Закрыто и не реализовано', sort: 11000, color: '#D5D8DB', type: 0 },
    ],
  }
}

const phoneEnums = ['WORK', 'WORKDD', 'MOB', 'FAX', 'HOME', 'OTHER']
const emailEnums = ['WORK', 'PRIV', 'OTHER']

function enums(codes: readonly string[], firstId: number): FieldDefinition['enums'] {
  return codes.map((code, index) => ({ id: firstId + index, code }))
}

const list = (id: number, values: readonly string[]) => enums(values, id)

export type FieldTables = Readonly<Record<'contacts' | 'companies' | 'leads', FieldDefinition[]>>

/** Fresh for every sandbox: people add and remove fields. */
export function seedFields(): FieldTables {
  return {
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
    leads: [
      { id: 11201, name: 'Номер заказа', code: null, type: 'text', enums: [] },
      { id: 11203, name: 'Канал', code: null, type: 'select', enums: list(12201, ['Звонок', 'Сайт']) },
      { id: 11205, name: 'Темы', code: null, type: 'multiselect', enums: list(12211, ['Цена', 'Срок']) },
      { id: 11207, name: 'Звонков', code: null, type: 'numeric', enums: [] },
      { id: 11209, name: 'Первый звонок', code: null, type: 'date_time', enums: [] },
      { id: 11211, name: 'VIP', code: null, type: 'checkbox', enums: [] },
      { id: 11213, name: 'utm_source', code: 'UTM_SOURCE', type: 'tracking_data', enums: [], apiOnly: true },
    ],
  }
}
