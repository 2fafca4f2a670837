import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** What a PBX distribution has where the installer looks; files as reference ari.md 1.4 and 6.1 tell them, cut to what matters. */
const common = {
  'run/systemd/system/.keep': '',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nasterisk:x:995:995::/var/lib/asterisk:/sbin/nologin\n',
  'etc/group': 'root:x:0:\nasterisk:x:995:\n',
  'etc/shadow': 'root:*:19000:0:99999:7:::\nasterisk:!!:19000::::::\n',
  'etc/gshadow': 'root:::\nasterisk:!::\n',
  'etc/login.defs': 'USERGROUPS_ENAB yes\nSYS_UID_MIN 201\nSYS_UID_MAX 999\nSYS_GID_MIN 201\nSYS_GID_MAX 999\n',
  'etc/asterisk/modules.conf': '[modules]\nautoload=yes\n',
  'etc/asterisk/http.conf': '[general]\n#include http_additional.conf\n#include http_custom.conf\n',
  'etc/asterisk/http_custom.conf': '',
  'etc/asterisk/extensions_custom.conf': '[from-internal-custom]\nexten => 999,1,NoOp(ours, without a line end)',
}

const generated = '[ext-did-0002]\nexten => 74951234567,1,Set(__DIRECTION=INBOUND)\n'

export const pbxTrees: Readonly<Record<'FreePBX' | 'Issabel', Readonly<Record<string, string>>>> = {
  FreePBX: {
    ...common,
    'etc/freepbx.conf': '<?php\n$amp_conf["AMPDBUSER"] = "freepbxuser";\n',
    'etc/asterisk/ari.conf':
      '[general]\n#include ari_general_additional.conf\n#include ari_general_custom.conf\n#include ari_additional.conf\n#include ari_additional_custom.conf\n',
    'etc/asterisk/ari_general_additional.conf': 'enabled=no\n',
    'etc/asterisk/ari_additional.conf': '[freepbxuser]\ntype=user\npassword=generated\n',
    'etc/asterisk/ari_additional_custom.conf': '',
    'etc/asterisk/http_additional.conf': 'enabled=yes\nbindaddr=::\nbindport=8088\n',
    'etc/asterisk/extensions.conf':
      '#include extensions_override_freepbx.conf\n#include extensions_additional.conf\n#include extensions_custom.conf\n',
    'etc/asterisk/extensions_override_freepbx.conf': '',
    'etc/asterisk/extensions_additional.conf': `${generated} same => n,Gosub(macro-user-callerid,s,1())\n`,
  },
  Issabel: {
    ...common,
    'etc/issabel.conf': 'mysqlrootpwd=secret\n',
    // Issabel's PBX module keeps the name of what it was made from.
    'etc/freepbx.conf': '<?php\n',
    'etc/asterisk/ari.conf': '[general]\r\nenabled = yes\r\n',
    'etc/asterisk/http_additional.conf': 'enabled=yes\nbindaddr=0.0.0.0\nbindport=8088\n',
    'etc/asterisk/extensions.conf':
      '#include extensions_override_issabelpbx.conf\n#include extensions_additional.conf\n#include extensions_custom.conf\n',
    'etc/asterisk/extensions_override_issabelpbx.conf': '',
    'etc/asterisk/extensions_additional.conf': `${generated} same => n,Macro(user-callerid,)\n`,
  },
}

export async function plant(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), text)
  }
}

/** A simulated console of Asterisk: tells a version and an HTTP server, and writes down what it was told to reload. */
export function consoleScript(version: string, log: string, bound = '[::]:8088'): string {
  return `case $2 in
'core show version') echo 'Asterisk ${version}, Copyright (C) 1999 - 2022, Sangoma Technologies Corporation and others.' ;;
'http show status') printf 'HTTP Server Status:\\nPrefix: \\nServer Enabled and Bound to ${bound}\\n' ;;
*) echo "$2" >>'${log}' ;;
esac`
}
