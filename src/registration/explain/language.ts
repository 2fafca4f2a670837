/** Words by `<about>/<code>`. */
export type Sentences = Readonly<Record<string, string>>
export type Language = 'ru' | 'en'
