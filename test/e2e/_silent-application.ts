/**
 * A service that hears every question and answers none: usage `node _silent-application.ts URL USER PASSWORD`. It prints one
 * line for the link and one for each question, so that a test can stop or kill it while it holds a call.
 */
import { createAsterisk } from '../../src/asterisk/asterisk-link.ts'

const [url = '', user = '', password = ''] = process.argv.slice(2)
const quiet = () => undefined
const link = createAsterisk({
  ari: { url, user, password, application: 'callweave' },
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
})
for await (const message of link.messages(new AbortController().signal)) {
  if (message.kind === 'up' || message.kind === 'question') console.log(message.kind)
}
