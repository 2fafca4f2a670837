import { z } from 'zod'
import { hasNoUser, secret } from '../values.ts'

const Ari = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/, abort: true })
      .refine(
        hasNoUser,
        'an address without user and password; they belong into asterisk.ari.user and asterisk.ari.password',
      )
      .default('http://127.0.0.1:8088')
      .describe("Address of Asterisk's HTTP server, with its prefix if http.conf sets one."),
    user: z.string().min(1).default('callweave').describe('User of ari.conf.'),
    password: secret.describe("That user's password."),
    application: z
      .string()
      .regex(/^[\w-]{1,40}$/, 'letters, digits, - and _')
      .default('callweave')
      .describe('Name of the Stasis application; the generated dialplan uses the same.'),
  })
  .describe('Asterisk REST Interface: commands and live events.')

export const Asterisk = z
  .strictObject({
    ari: Ari,
    flavour: z
      .enum(['plain', 'freepbx', 'issabel'])
      .default('plain')
      .describe('What stands on top of Asterisk; decides the dialplan that is generated.'),
    askIn: z
      .enum(['destination', 'all-lines', 'nowhere'])
      .default('destination')
      .describe(
        'FreePBX and Issabel: where calls ask. destination: behind the Custom Destination callweave-route,s,1. all-lines: every inbound call, before its route. nowhere: calls are watched only. Render the dialplan again after a change.',
      ),
    directory: z
      .string()
      .min(1)
      .default('/etc/asterisk')
      .describe("Asterisk's configuration directory, for `callweave dialplan --install`."),
    trunks: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Endpoint names of the trunks. When listed, arrivals from other endpoints are noise (scanners); empty: every endpoint that is no extension is a trunk.',
      ),
    dialString: z
      .string()
      .includes('{extension}')
      .default('PJSIP/{extension}')
      .describe('How a plain dialplan dials an extension.'),
    doNotDisturb: z
      .string()
      .regex(/^\w{0,30}$/, 'letters, digits and _')
      .default('DND')
      .describe(
        "Family of Asterisk's own database that has a key for every extension which does not want to be disturbed, as FreePBX keeps it; empty: none. Render the dialplan again after a change.",
      ),
  })
  .describe('The PBX.')
