#!/bin/sh
# Sets up what `npm run demo`, `npm test` and `npm run bench` need, on a Debian 12 with nothing but git and npm.
# usage: test/prepare.sh [lab]    lab: also the Debian packages and root file systems of the real PBX lab
# Run twice it changes nothing the second time. What it cannot do it says in one sentence, with the cure.
set -eu
cd "$(dirname "$0")/.."

NODE_NEEDED=24.12
CACHE=${CALLWEAVE_LAB_CACHE:-$HOME/.cache/callweave-lab}
# command it is known by : Debian package. mariadb-server-core is the server without the system service.
LAB_TOOLS='debootstrap:debootstrap mariadbd:mariadb-server-core mariadb-install-db:mariadb-server-core
  my_print_defaults:mariadb-client-core sipp:sip-tester setpriv:util-linux mount:mount
  sox:sox lame:lame sshd:openssh-server sftp:openssh-client curl:curl openssl:openssl jq:jq
  systemd-notify:systemd python3:python3 faketime:faketime'

fail() {
  echo "callweave: $1" >&2
  exit 1
}

# Debian 12's own npm 9 stops at an override that is an alias ("Invalid comparator: npm:…"), and under its node 18 npm leaves out
# the native halves of tools that ask for a newer node. So a new pair installs, put beside the lab's cache.
npm_is_new_enough() {
  [ "$(npm --version | cut -d. -f1)" -ge 10 ] && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    process.exit(major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19) ? 0 : 1)'
}

new_npm() {
  command -v npm >/dev/null || fail 'npm is missing: install it with "apt-get install npm"'
  if npm_is_new_enough; then
    npm "$@"
    return
  fi
  new="$CACHE/npm/node_modules/.bin"
  if [ ! -x "$new/npm" ] || [ ! -x "$new/node" ]; then
    mkdir -p "$CACHE/npm"
    npm install --prefix "$CACHE/npm" --no-save --no-audit --no-fund --loglevel=error node@24 npm@11 >/dev/null || return 1
  fi
  PATH="$new:$PATH" npm "$@"
}

install_npm_packages() {
  if [ -f node_modules/.package-lock.json ] && [ ! package-lock.json -nt node_modules/.package-lock.json ]; then return; fi
  echo 'callweave: installing npm packages …'
  # npm ci refuses a lock that lists native packages for Linux only, npm install takes it as it is; neither changes the lock.
  new_npm ci --no-audit --no-fund --loglevel=silent >/dev/null ||
    new_npm install --no-save --no-audit --no-fund --loglevel=error ||
    fail 'npm could not install the packages (its words are above): check that the npm registry is reachable with "npm ping", then try again'
}

node_is_new_enough() {
  [ -x node_modules/.bin/node ] && node_modules/.bin/node -e '
    const [major, minor] = process.versions.node.split(".").map(Number)
    const [needMajor, needMinor] = process.argv[1].split(".").map(Number)
    process.exit(major > needMajor || (major === needMajor && minor >= needMinor) ? 0 : 1)' "$NODE_NEEDED" 2>/dev/null
}

# The node package fetches its binary in an install script, which npm may have been told not to run.
ensure_node() {
  if node_is_new_enough; then return; fi
  echo 'callweave: fetching node …'
  new_npm rebuild node --ignore-scripts=false --foreground-scripts --loglevel=error || true
  node_is_new_enough ||
    fail "node_modules/.bin/node is not node $NODE_NEEDED or newer: allow the install script of the package \"node\" (npm config get ignore-scripts must say false), remove node_modules and run this again"
}

missing_packages() {
  # sbin is not in everybody's PATH.
  for tool in $LAB_TOOLS; do
    PATH="$PATH:/usr/sbin:/sbin" command -v "${tool%%:*}" >/dev/null || echo "${tool#*:}"
  done | sort -u | tr '\n' ' '
}

become_root() {
  as_root=''
  if [ "$(id -u)" = 0 ]; then return; fi
  as_root=sudo
  command -v sudo >/dev/null || fail "$1 needs root and there is no sudo: run \"sh test/prepare.sh lab\" once as root"
  sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; } ||
    fail "$1 needs root and sudo does not let you: run \"sh test/prepare.sh lab\" once as root"
}

install_debian_packages() {
  packages=$(missing_packages)
  if [ -z "$packages" ]; then return; fi
  command -v apt-get >/dev/null || fail "the lab needs ${packages}and knows only apt-get: use Debian 12, or install them yourself"
  become_root "installing ${packages% }"
  echo "callweave: installing ${packages}…"
  $as_root apt-get -q update >/dev/null ||
    fail 'apt-get update failed (its words are above): correct apt'\''s sources or the network, then try again'
  $as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install $packages >/dev/null ||
    fail "apt-get could not install ${packages}(its words are above): check apt's sources and the network, then try again"
  packages=$(missing_packages)
  [ -z "$packages" ] || fail "still missing after apt-get install: $packages"
}

build_lab() {
  mkdir -p "$CACHE"
  PATH="$PWD/node_modules/.bin:$PATH:/usr/sbin:/sbin" CALLWEAVE_LAB_CACHE=$CACHE node test/lab/main.ts build
}

install_npm_packages
ensure_node
if [ "${1:-}" = lab ]; then
  install_debian_packages
  build_lab
fi
