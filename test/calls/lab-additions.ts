import { appendFile, copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab/lab.ts'

/** channelvars as the service asks for them. */
const ARI_GENERAL = 'channelvars=CHANNEL(linkedid),CALLERID(dnid),FROM_DID,MIXMONITOR_FILENAME,VMSTATUS,CALLWEAVE_SKIP\n'

/** Gives a fresh lab what the stories need beyond its own extensions. */
export async function prepareLab(lab: Lab): Promise<void> {
  await copyFile(
    join(import.meta.dirname, 'asterisk/extensions_custom.conf'),
    join(lab.etcAsterisk, 'extensions_custom.conf'),
  )
  await writeFile(join(lab.etcAsterisk, 'ari_general_custom.conf'), ARI_GENERAL)
  await appendFile(join(lab.etcAsterisk, 'pjsip.conf'), ownPhone(lab))
  await lab.reload()
}

/** Where extension 106, our own user agent, listens. */
export const ownPort = (lab: Lab) => lab.ports.trunkCallee + 5

/** A phone that Asterisk knows by its address. */
function ownPhone(lab: Lab): string {
  return `
[106](phone)
aors=106
callerid="Elena Novikova" <106>
[106]
type=aor
contact=sip:106@127.0.0.1:${ownPort(lab)}
[106]
type=identify
endpoint=106
match=127.0.0.1:${ownPort(lab)}
`
}
