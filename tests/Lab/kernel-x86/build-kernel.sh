#!/bin/bash
# Builds a kernel of the lab and prints the path of its bzImage. `build-kernel.sh --help` says how.
set -euo pipefail

usage() {
    cat <<'END'
usage: build-kernel.sh [--install-deps] [patched | control | sanitize | guest]

  patched    Debian's linux-source-6.1 with the patches beside this script: it has KVM_DESTROY_DEVICE
  control    the same source and configuration without the patches
  sanitize   patched, with KASAN, lockdep and kmemleak
  guest      the same source, as small as can boot to a console: for guests of guests

Prints the path of the bzImage on stdout, progress on stderr. What has been built is kept in
${KVMPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmps}/lab and built again only when an input changes.
--install-deps installs the Debian packages that the lab needs, as root; without it nothing is installed.
END
}

die() {
    printf 'build-kernel: %s\n' "$*" >&2
    exit 1
}

say() { printf 'build-kernel: %s\n' "$*" >&2; }

here=$(dirname "$(readlink -f "$0")")
# shellcheck source-path=SCRIPTDIR
. "$here/lab.sh"

source_package=linux-source-6.1
packages=("$source_package" gcc libc6-dev make patch flex bison bc libelf-dev lz4 xz-utils "${run_packages[@]}")

install_deps=
variant=
for argument; do
    case $argument in
        --install-deps) install_deps=1 ;;
        patched | control | sanitize | guest) variant=$argument ;;
        --help) usage && exit ;;
        *) usage >&2 && exit 2 ;;
    esac
done
[ -n "$variant$install_deps" ] || { usage >&2 && exit 2; }

if [ -n "$install_deps" ]; then
    install_packages "${packages[@]}" || exit 1
    [ -n "$variant" ] || exit 0
fi

require_packages "$installer" "${packages[@]}" || exit 1

case $variant in
    control) configs=("$here/kernel.config") patches=() ;;
    patched) configs=("$here/kernel.config") patches=("$here"/patches/*.patch) ;;
    guest) configs=("$here/guest.config") patches=() ;;
    sanitize) configs=("$here/kernel.config" "$here/sanitize.config") patches=("$here"/patches/*.patch) ;;
esac

source_version=$(dpkg-query -W -f '${Version}' "$source_package")
compiler=$(gcc --version | head -n 1)
result=$lab_cache/$variant-$(hash_of "$source_version" "$compiler" -- "$0" "${configs[@]}" "${patches[@]}")
source=$lab_cache/source-$source_version
objects=$lab_cache/objects-$(hash_of "$source_version" "$compiler" -- "${configs[@]}")
log=$objects.log

if [ -e "$result/bzImage" ]; then
    echo "$result/bzImage"
    exit
fi

mkdir -p "$lab_cache"
exec 9> "$lab_cache/lock"
if ! flock -n 9; then
    say 'another build is under way, waiting for it'
    flock 9
fi
if [ -e "$result/bzImage" ]; then
    echo "$result/bzImage"
    exit
fi

children=()
stop_children() {
    [ ${#children[@]} = 0 ] || kill "${children[@]}" 2> /dev/null || true
    children=()
}
trap 'stop_children; rm -rf "$source.new" "$result.new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

unpack() {
    [ ! -d "$source" ] || return 0
    say "unpacking $source_package $source_version"
    rm -rf "$source.new"
    mkdir "$source.new"
    tar -C "$source.new" --strip-components=1 -xf "/usr/src/$source_package.tar.xz"
    mv "$source.new" "$source"
}

# All variants share one source tree. What the patches change is saved in .kvmps before they are applied, so that the
# tree can be brought back from whatever state an interrupted build left it in; files that do not differ keep their
# time, so that make has little to do.
unpatch() {
    local file
    [ -e "$source/.kvmps/files" ] || return 0
    while read -r file; do
        if [ ! -e "$source/.kvmps/$file" ]; then
            rm -f "${source:?}/$file"
        elif ! cmp -s "$source/.kvmps/$file" "$source/$file"; then
            cp "$source/.kvmps/$file" "$source/$file"
        fi
    done < "$source/.kvmps/files"
    rm -rf "$source/.kvmps"
}

apply_patches() {
    local patch file
    [ ${#patches[@]} -gt 0 ] || return 0
    rm -rf "$source/.kvmps"
    mkdir "$source/.kvmps"
    sed -n 's:^+++ b/::p' "${patches[@]}" | sort -u > "$source/.kvmps/files.new"
    while read -r file; do
        [ ! -e "$source/$file" ] || install -D "$source/$file" "$source/.kvmps/$file"
    done < "$source/.kvmps/files.new"
    mv "$source/.kvmps/files.new" "$source/.kvmps/files"
    for patch in "${patches[@]}"; do
        patch -d "$source" -p 1 -s < "$patch" >&2 ||
            die "${patch##*/} does not apply to $source_package $source_version"
    done
}

configure() {
    local config line
    mkdir -p "$objects"
    [ ! -e "$objects/.config" ] || return 0
    say 'configuring'
    {
        make -s -C "$source" O="$objects" KCONFIG_CONFIG="$objects/.config.new" tinyconfig
        (cd "$source" && KCONFIG_CONFIG="$objects/.config.new" \
            scripts/kconfig/merge_config.sh -O "$objects" "$objects/.config.new" "${configs[@]}")
    } > "$log" 2>&1 || die "the kernel cannot be configured, see $log"
    for config in "${configs[@]}"; do
        while read -r line; do
            case $line in
                CONFIG_LOCALVERSION=*) ;;
                CONFIG_* | '# CONFIG_'*)
                    grep -qxF "$line" "$objects/.config.new" || say "the kernel has no use for $line" ;;
            esac
        done < "$config"
    done
    mv "$objects/.config.new" "$objects/.config"
}

progress() {
    local start=$SECONDS count
    while sleep 10; do
        count=$(grep -cE '^  (CC|AS)  ' "$log" || true)
        say "$count$1 objects compiled, $((SECONDS - start)) s"
    done
}

compile() {
    local of='' make
    [ -e "$objects/vmlinux.o" ] || of=" of about $([ "$variant" = guest ] && echo 600 || echo 1240)"
    say "building $variant (log: $log)"
    KBUILD_BUILD_USER=kvmps KBUILD_BUILD_HOST=lab LC_ALL=C MAKEFLAGS='' \
        nice -n 15 make -C "$source" O="$objects" -j "$(nproc)" bzImage > "$log" 2>&1 &
    make=$!
    progress "$of" 9>&- &
    children=("$make" $!)
    if ! wait "$make"; then
        tail -n 25 "$log" >&2
        die "the build failed, see $log"
    fi
    stop_children
}

unpack
unpatch
apply_patches
configure
compile

rm -rf "$result.new"
mkdir "$result.new"
cp "$objects/arch/x86/boot/bzImage" "$objects/.config" "$objects/System.map" "$result.new"
mv "$result.new" "$result"
echo "$result/bzImage"
