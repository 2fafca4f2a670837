import { readFileSync } from 'node:fs'
import type { DropIn } from './drop-in.ts'

/** Opens Asterisk's HTTP server, which ARI needs and which most packages leave off. */
export const httpDropIn: DropIn = {
  file: 'http_callweave.conf',
  main: 'http.conf',
  custom: 'http_custom.conf',
  secret: false,
}

export function httpConf(): string {
  return readFileSync(new URL('../../asterisk-conf/30-http.conf.tmpl', import.meta.url), 'utf8')
}
