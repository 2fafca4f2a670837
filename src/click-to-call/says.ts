import type { ClickState } from './click.ts'
import type { RefusalCode } from './errors.ts'
import type { FailureReason } from './outcome.ts'
import type { Lang } from './schema.ts'

type Sentence = Readonly<Record<Lang, string>>

/** The sentence a person reads. Amounts and names stay out of it: it may be shown to anybody who looks at the screen. */
export function says(what: RefusalCode | FailureReason | ClickState, lang: Lang): string {
  return sentences[what][lang]
}

const sentences: Readonly<Record<RefusalCode | FailureReason | ClickState, Sentence>> = {
  starting: { ru: 'Звоним вам.', en: 'Calling you.' },
  'ringing-you': { ru: 'Ваш телефон звонит: снимите трубку.', en: 'Your phone is ringing: pick it up.' },
  'calling-client': { ru: 'Звоним клиенту.', en: 'Calling the client.' },
  answered: { ru: 'Клиент ответил.', en: 'The client has answered.' },
  failed: { ru: 'Звонок не удался.', en: 'The call has failed.' },

  busy: { ru: 'Номер занят.', en: 'The number is busy.' },
  'no-answer': { ru: 'Клиент не ответил.', en: 'The client did not answer.' },
  refused: { ru: 'Оператор связи или клиент отклонил звонок.', en: 'The operator or the client refused the call.' },
  'wrong-number': { ru: 'Такого номера нет.', en: 'There is no such number.' },
  'not-picked-up': {
    ru: 'Вы не сняли трубку, клиенту не звонили.',
    en: 'You did not pick up; the client was not called.',
  },
  'phone-refused': {
    ru: 'Ваш телефон занят или отклонил звонок, клиенту не звонили.',
    en: 'Your phone is busy or refused the call; the client was not called.',
  },
  'phone-unreachable': {
    ru: 'Ваш телефон не отвечает АТС: проверьте его и сеть. Клиенту не звонили.',
    en: 'Your phone does not answer the PBX: check it and the network. The client was not called.',
  },
  'you-hung-up': { ru: 'Вы положили трубку.', en: 'You hung up.' },
  'not-dialled': {
    ru: 'АТС не набрала номер: нет свободной линии или маршрута. Сообщите администратору (clickToCall.context, callweave doctor).',
    en: 'The PBX did not dial the number: no free trunk or no route. Tell the administrator (clickToCall.context, callweave doctor).',
  },

  unauthorised: {
    ru: 'Этот ключ не открывает звонки: войдите заново.',
    en: 'This token does not open click-to-call: sign in again.',
  },
  'bad-request': { ru: 'Запрос непонятен.', en: 'The request makes no sense.' },
  'not-found': { ru: 'Такого звонка нет.', en: 'There is no such call.' },
  'not-on': {
    ru: 'Звонки из CRM для вас выключены: их включает администратор.',
    en: 'Calls from the CRM are switched off for you; the administrator switches them on.',
  },
  'already-calling': {
    ru: 'Вы уже звоните: завершите начатый звонок.',
    en: 'You are calling already: end that call first.',
  },
  'already-made': { ru: 'Этот звонок уже был сделан.', en: 'This call was made already.' },
  'phone-not-registered': {
    ru: 'Ваш телефон не подключён к АТС: включите его или запустите программный телефон.',
    en: 'Your phone is not registered at the PBX: switch it on or start your softphone.',
  },
  'not-a-number': { ru: 'Это не номер телефона.', en: 'This is not a phone number.' },
  'feature-code': {
    ru: 'Коды со звёздочкой и решёткой отсюда не набираются.',
    en: 'Codes with * or # cannot be dialled from here.',
  },
  'short-number': {
    ru: 'Короткие номера отсюда не набираются, кроме номеров сотрудников.',
    en: 'Short numbers cannot be dialled from here, except extensions of colleagues.',
  },
  'own-extension': { ru: 'Это ваш собственный номер.', en: 'This is your own extension.' },
  'foreign-number': {
    ru: 'Номера этой страны отсюда не набираются.',
    en: 'Numbers of this country cannot be dialled from here.',
  },
  'paid-number': {
    ru: 'Платные номера отсюда не набираются.',
    en: 'Premium-rate numbers cannot be dialled from here.',
  },
  'too-many-requests': { ru: 'Слишком много запросов: подождите.', en: 'Too many requests: wait a little.' },
  'daily-cap': {
    ru: 'Ваш дневной предел звонков из CRM исчерпан.',
    en: 'Your daily limit of calls from the CRM is used up.',
  },
  'daily-cap-of-all': {
    ru: 'Дневной предел звонков из CRM исчерпан.',
    en: "The company's daily limit of calls from the CRM is used up.",
  },
  'dial-out-rule': {
    ru: 'Правило набора на АТС испортило номер. Сообщите администратору (clickToCall.dialOut).',
    en: 'A dial-out rule spoils the number. Tell the administrator (clickToCall.dialOut).',
  },
  'asterisk-refused': {
    ru: 'АТС отказалась звонить. Сообщите администратору (callweave doctor).',
    en: 'The PBX refused to call. Tell the administrator (callweave doctor).',
  },
  'asterisk-unreachable': {
    ru: 'Нет связи с АТС: звонок не начат.',
    en: 'The PBX cannot be reached: no call was begun.',
  },
}
