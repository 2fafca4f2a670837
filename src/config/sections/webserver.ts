import { z } from 'zod'
import { hexadecimal, personToken, port, secret } from '../values.ts'

const HTTPS_PORT = 8078

const Administrator = z
  .strictObject({
    login: z
      .string()
      .regex(/^[\w.@-]{1,40}$/, 'letters, digits and . _ @ -')
      .describe('Name to log in with.'),
    passwordHash: secret.describe('scrypt hash of the password; `callweave setup` makes it.'),
    digest: z
      .strictObject({
        md5: hexadecimal(32).describe('MD5 of login:callweave:password.'),
        sha256: hexadecimal(64).describe('SHA-256 of login:callweave:password.'),
      })
      .optional()
      .describe(
        'What HTTP Digest needs of the password (/status from outside, /pbx/read_call); `callweave setup --password LOGIN` makes it.',
      ),
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
        'Who may see the status from outside, have calls read again, use the page of settings. The installer asks for the first one. The page does not exist yet.',
      ),
    pbxToken: personToken
      .optional()
      .describe(
        'Opens /pbx/responsible to the own network. 16 or more printable ASCII characters, no spaces; left out: only this machine may ask, and needs no token.',
      ),
    statusToken: personToken
      .optional()
      .describe(
        'Opens /status, /metrics, /healthz and /readyz to monitoring outside the own network, over https: "Authorization: Bearer …". 16 or more printable ASCII characters, no spaces; left out: only administrators may look from there.',
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
