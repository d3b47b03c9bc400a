#!/bin/sh
# Runs a command on a machine without /dev/kvm: in a mount namespace whose /dev lacks it. Needs root.
set -eu

if [ "${1-}" != --inside ]; then
    exec unshare --mount --propagation private "$0" --inside "$@"
fi
shift
new=$(mktemp -d)
mount -t tmpfs -o mode=755 tmpfs "$new"
for node in null zero full random urandom tty ptmx; do cp -a "/dev/$node" "$new/"; done
for folder in pts shm; do
    mkdir "$new/$folder"
    mount --bind "/dev/$folder" "$new/$folder"
done
ln -s /proc/self/fd "$new/fd"
mount --rbind "$new" /dev
exec "$@"
