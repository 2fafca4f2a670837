import { installDropIn, removeDropIn } from '../../asterisk/drop-in.ts'
import { httpConf, httpDropIn } from '../../asterisk/http-drop-in.ts'

/** Opens Asterisk's HTTP server on 127.0.0.1, or takes that out again. @returns what was done @throws SettingError */
export async function switchHttp(directory: string, to: 'on' | 'off'): Promise<string> {
  const changed =
    to === 'on' ? await installDropIn(directory, httpDropIn, httpConf()) : await removeDropIn(directory, httpDropIn)
  if (changed.length === 0) return `${directory}: nothing to change\n`
  return `${to === 'on' ? 'put into' : 'taken out of'} ${directory}: ${changed.join(', ')}\n`
}
