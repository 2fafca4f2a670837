#!/bin/sh
# Builds a Debian root file system for the lab; needs root.
# usage: build-root-fs.sh SUITE TARGET MIRROR PACKAGES DIRECTORIES
#   PACKAGES     separated by commas
#   DIRECTORIES  what each lab lays its own folder over, separated by spaces
set -eu
suite=$1 target=$2 mirror=$3 packages=$4 directories=$5
rm -rf "$target"
debootstrap --variant=minbase --include="$packages" "$suite" "$target" "$mirror"
for directory in $directories; do mkdir -p "$target/$directory"; done
# Nothing in the lab may ask a name server of the outside.
echo '127.0.0.1 localhost' >"$target/etc/hosts"
rm -f "$target/etc/resolv.conf"
: >"$target/etc/resolv.conf"
rm -rf "$target/var/cache/apt/archives" "$target/var/lib/apt/lists"
chmod 755 "$target"
