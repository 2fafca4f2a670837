#!/bin/sh
# Runs a command inside a lab's root file system, in a mount namespace of its own: when the command ends, nothing is mounted.
# usage: enter-root.sh ROOT WRITABLE DIRECTORIES COMMAND…
#   ROOT         cached root file system, stays unchanged
#   WRITABLE     folder of this lab that holds its own copy of each of DIRECTORIES (relative paths, separated by spaces)
set -eu
if [ "${CALLWEAVE_LAB_NAMESPACE:-}" != own ]; then
  if [ "$(id -u)" = 0 ]; then user=''; else user='--map-root-user'; fi
  CALLWEAVE_LAB_NAMESPACE=own exec unshare $user --mount --propagation private --uts sh "$0" "$@"
fi
unset CALLWEAVE_LAB_NAMESPACE
root=$1 writable=$2 directories=$3
shift 3
mount --rbind "$root" "$root"
if [ "$(id -u)" = 0 ]; then mount -o remount,bind,ro "$root" 2>/dev/null || true; fi
for directory in $directories; do
  mount --bind "$writable/$directory" "$root/$directory"
done
mount --rbind /dev "$root/dev"
mount --rbind /proc "$root/proc"
# A host name that /etc/hosts knows: Asterisk asks the DNS of the world for its own address otherwise.
hostname localhost
exec chroot "$root" "$@"
