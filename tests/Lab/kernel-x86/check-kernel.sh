#!/bin/bash
# Checks a kernel of the lab from C, without the product: check-kernel.sh patched | control | sanitize [SECONDS]
# patched and sanitize must keep the contract of KVM_DESTROY_DEVICE, control must not know it; sanitize is put under
# stress besides, for SECONDS (20). Fails as run-in-guest does: 120 says that the kernel itself complained.
set -euo pipefail

here=$(dirname "$(readlink -f "$0")")
# shellcheck source-path=SCRIPTDIR
. "$here/lab.sh"

variant=${1-}
seconds=${2:-20}
case $variant in
    patched | control) contract=$variant then='' limit=120 ;;
    sanitize) contract=patched then=" && ./stress $seconds" limit=$((seconds * 4 + 600)) ;;
    *) echo 'usage: check-kernel.sh patched | control | sanitize [SECONDS]' >&2 && exit 2 ;;
esac

require_packages "$installer" gcc libc6-dev "${run_packages[@]}" || exit 1
"$here/build-kernel.sh" "$variant" > /dev/null
programs=$lab_cache/check
mkdir -p "$programs"
for program in contract stress; do
    gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static -pthread -o "$programs/$program" "$here/$program.c"
done
cd "$programs"
exec "$here/run-in-guest" -k "$variant" -t "$limit" -c "./contract $contract$then"
