import { appendFile, copyFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Lab } from '../lab/lab.ts'

/** channelvars as the service asks for them. */
const ARI_GENERAL =
  'channelvars=CHANNEL(linkedid),CALLERID(dnid),FROM_DID,MIXMONITOR_FILENAME,VMSTATUS,CALLWEAVE_SKIP\n'

/** One after another, as they stand (a reload does not change a strategy to this one, so no template may name another first). */
const QUEUES = `
[702]
strategy=linear
timeout=15
retry=1
ringinuse=no
joinempty=yes
member => PJSIP/102
member => PJSIP/103
`

/** Where nobody has to wait long for what was forgotten. */
const PARKING = `
[short]
parkext => 850
parkext_exclusive => yes
parkpos => 851-860
context => parkedcalls
parkingtime => 4
`

const FEATURES = `
[general](+)
atxfernoanswertimeout=5
atxferloopdelay=1
`

/** Gives a fresh lab what the stories need beyond its own extensions. */
export async function prepareLab(lab: Lab): Promise<void> {
  await copyFile(
    join(import.meta.dirname, 'asterisk/extensions_custom.conf'),
    join(lab.etcAsterisk, 'extensions_custom.conf'),
  )
  await writeFile(join(lab.etcAsterisk, 'ari_general_custom.conf'), ARI_GENERAL)
  const added = {
    'pjsip.conf': ownPhone(lab) + spareTrunk(lab) + OPEN_PORT,
    'queues.conf': QUEUES,
    'res_parking.conf': PARKING,
    'features.conf': FEATURES,
  }
  for (const [file, text] of Object.entries(added)) await appendFile(join(lab.etcAsterisk, file), text)
  await lab.reload()
  for (const module of ['res_parking.so', 'features']) await lab.cli(`module reload ${module}`)
}

/** Where extension 106, our own user agent, listens. */
export const ownPort = (lab: Lab) => lab.ports.trunkCallee + 5

/** Where the second trunk's provider listens, a user agent of the story's. */
export const sparePort = (lab: Lab) => lab.ports.trunkCallee + 6

/** Nobody is known to call from here. */
export const strangerPort = (lab: Lab) => lab.ports.trunkCallee + 7

function spareTrunk(lab: Lab): string {
  return `
[spare]
type=endpoint
context=from-trunk
disallow=all
allow=ulaw
direct_media=no
aors=spare
[spare]
type=aor
contact=sip:127.0.0.1:${sparePort(lab)}
`
}

/** Some PBXs take calls of anybody. */
const OPEN_PORT = `
[anonymous]
type=endpoint
context=open-port
disallow=all
allow=ulaw
`

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
