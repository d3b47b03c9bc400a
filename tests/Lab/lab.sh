# shellcheck shell=bash
# What the scripts of the lab share.

# shellcheck disable=SC2034 # used by those who read this file
lab_cache=${KVMPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmps}/lab

# One message for all that is missing, and the command that brings it: require_packages INSTALLER PACKAGE...
require_packages() {
    local package missing=() installer=$1
    shift
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
    printf 'The lab needs these Debian packages: %s\nInstall them with: %s --install-deps\n' "${missing[*]}" "$installer" >&2
    return 1
}

install_packages() {
    [ "$(id -u)" = 0 ] || {
        echo '--install-deps must be run as root' >&2
        return 1
    }
    apt-get update >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" >&2
}

# A name for what is made of these words (up to --) and files.
hash_of() {
    local words=()
    while [ "$1" != -- ]; do
        words+=("$1")
        shift
    done
    shift
    { printf '%s\n' "${words[@]}"; cat "$@"; } | sha256sum | cut -c 1-12
}
