import { z } from 'zod'
import { personToken, port, secret } from '../values.ts'

const HTTPS_PORT = 8078

const Administrator = z
  .strictObject({
    login: z
      .string()
      .regex(/^[\w.@-]{1,40}$/, 'letters, digits and . _ @ -')
      .describe('Name to log in with.'),
    passwordHash: secret.describe('scrypt hash of the password; `callweave setup` makes it.'),
  })
  .describe('One administrator.')

export const Webserver = z
  .strictObject({
    host: z.string().min(1).default('0.0.0.0').describe('Address to listen on.'),
    port: port.default(8077).describe('HTTP port. From outside the own network it takes no token.'),
    administrators: z
      .array(Administrator)
      .default([])
      .describe(
        'Who may use the page of settings. The installer asks for the first one. The page does not exist yet: the list is not used.',
      ),
    pbxToken: personToken
      .optional()
      .describe(
        'Opens /pbx/responsible to the own network. 16 or more printable ASCII characters, no spaces; left out: only this machine may ask, and needs no token.',
      ),
    https: z
      .strictObject({
        port: port.default(HTTPS_PORT).describe('HTTPS and WSS port.'),
        certificate: z
          .string()
          .min(1)
          .describe('PEM file with the certificate and its chain; read anew when it changes.'),
        key: z.string().min(1).describe('PEM file with the private key.'),
      })
      .optional()
      .describe("What amoCRM's pages need: browsers let them speak with https and wss only."),
  })
  .superRefine(({ port, https }, context) => {
    if (port !== https?.port) return
    // The one that is not the default stands in the file, where its reader finds it.
    const [path, other] =
      port === HTTPS_PORT ? [['port'], 'webserver.https.port'] : [['https', 'port'], 'webserver.port']
    context.addIssue({ code: 'custom', path, message: `another port than ${other}` })
  })
  .describe('Where browsers and monitoring reach Callweave.')
