# shellcheck shell=bash
# What prepare-guest.sh and run-in-guest share.

# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../lab.sh"

# shellcheck disable=SC2034 # used by those who read this file
installer=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/prepare-guest.sh
# shellcheck disable=SC2034
packages=(qemu-system-arm cpio xz-utils)
