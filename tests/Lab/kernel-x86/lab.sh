# shellcheck shell=bash
# What build-kernel.sh and run-in-guest share.

# shellcheck disable=SC2034 # used by those who read this file
lab_cache=${KVMPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmps}/lab
# shellcheck disable=SC2034
run_packages=(qemu-system-x86 busybox-static)

# One message for all that is missing, and the command that brings it.
require_packages() {
    local package missing=()
    command -v dpkg-query > /dev/null || {
        echo 'The lab is built from Debian packages and needs a Debian system.' >&2
        return 1
    }
    for package; do
        case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2> /dev/null) in
            ii*) ;;
            *) missing+=("$package") ;;
        esac
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    printf 'The lab needs these Debian packages: %s\nInstall them with: %s --install-deps\n' \
        "${missing[*]}" "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/build-kernel.sh" >&2
    return 1
}
