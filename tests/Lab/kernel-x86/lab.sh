# shellcheck shell=bash
# What build-kernel.sh, check-kernel.sh and run-in-guest share.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lab.sh"

# shellcheck disable=SC2034 # used by those who read this file
installer=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/build-kernel.sh
# shellcheck disable=SC2034
run_packages=(qemu-system-x86 busybox-static)
