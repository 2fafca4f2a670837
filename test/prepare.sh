#!/bin/sh
# Sets up what `npm run demo`, `npm test` and `npm run bench` need, on a machine with nothing but git and npm.
# usage: test/prepare.sh [lab]    lab: also the Debian packages of the real PBX lab
set -eu
cd "$(dirname "$0")/.."
if [ ! -x node_modules/.bin/node ] || [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "callweave: installing npm packages …"
  npm ci --no-audit --no-fund --loglevel=error
fi
