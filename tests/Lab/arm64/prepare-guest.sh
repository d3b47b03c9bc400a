#!/bin/bash
# Fetches the kernel and makes the initramfs of the arm64 lab. `prepare-guest.sh --help` says how.
set -euo pipefail

usage() {
    cat <<'END'
usage: prepare-guest.sh [--install-deps]

Fetches Debian's stock arm64 kernel, busybox and the libraries that .NET needs, as packages of the release that runs
here, and makes an initramfs of them. Prints the path of the folder that holds Image and initramfs; progress goes to
stderr. What has been made is kept in ${KVMPS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/kvmps}/lab and made again only when
an input changes; delete it to get newer packages. --install-deps installs the Debian packages that the lab needs, as
root; without it nothing is installed.
END
}

die() {
    printf 'prepare-guest: %s\n' "$*" >&2
    exit 1
}

say() { printf 'prepare-guest: %s\n' "$*" >&2; }

here=$(dirname "$(readlink -f "$0")")
# shellcheck source-path=SCRIPTDIR
. "$here/lab.sh"

case ${1-} in
    '') ;;
    --install-deps) install_packages "${packages[@]}" || exit 1 ;;
    --help) usage && exit ;;
    *) usage >&2 && exit 2 ;;
esac
require_packages "$installer" "${packages[@]}" || exit 1

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
guest_packages=(linux-image-arm64 busybox-static libc6 libgcc-s1 libstdc++6 zlib1g)
# In the order in which they are loaded; those that the kernel does not have are built into it.
modules=(virtio_pci_modern_dev virtio_pci_legacy_dev virtio_pci virtio_console virtio-rng netfs fscache 9pnet 9pnet_virtio 9p)
result=$lab_cache/arm64-$(hash_of "$release" -- "$0" "$here/initramfs-init")

if [ -e "$result/Image" ]; then
    echo "$result"
    exit
fi

mkdir -p "$lab_cache"
exec 9> "$lab_cache/lock-arm64"
flock 9
if [ -e "$result/Image" ]; then
    echo "$result"
    exit
fi

temp=$(mktemp -d -t kvmps-lab.XXXXXX)
trap 'rm -rf "$temp" "$result.new"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# APT for another architecture, with this system's sources and keys and a state of its own.
foreign_apt() {
    "$1" -o APT::Architecture=arm64 -o APT::Architectures=arm64 -o APT::Sandbox::User=root \
        -o Dir::State="$temp/state" -o Dir::State::status="$temp/status" -o Dir::Cache="$temp/cache" \
        -o Acquire::Languages=none "${@:2}"
}

fetch() {
    local kernel
    say "fetching $release's packages for arm64"
    mkdir -p "$temp/state/lists/partial" "$temp/cache/archives/partial" "$temp/packages"
    : > "$temp/status"
    foreign_apt apt-get -qq update >&2 || die 'the lists of packages could not be fetched'
    # The package of that name only depends on the newest one.
    kernel=$(foreign_apt apt-cache depends linux-image-arm64 | sed -n 's/.*Depends: \(linux-image-[^ ]*\).*/\1/p;T;q')
    [ -n "$kernel" ] || die "$release has no linux-image-arm64"
    (cd "$temp/packages" && foreign_apt apt-get -qq download "$kernel" "${guest_packages[@]:1}" >&2) ||
        die 'the packages could not be fetched'
}

unpack() {
    local package
    for package in "$temp/packages"/*.deb; do
        case ${package##*/} in
            linux-image-*) dpkg-deb --fsys-tarfile "$package" | tar -x -C "$temp/kernel" ;;
            *) dpkg-deb -x "$package" "$temp/root" ;;
        esac
    done
}

add_modules() {
    local module file
    : > "$temp/root/modules/order"
    for module in "${modules[@]}"; do
        file=$(find "$temp/kernel" -name "$module.ko" -o -name "$module.ko.xz")
        case $file in
            '') continue ;;
            *.xz) xz -dc "$file" > "$temp/root/modules/$module.ko" ;;
            *) cp "$file" "$temp/root/modules" ;;
        esac
        echo "$module" >> "$temp/root/modules/order"
    done
}

mkdir "$temp/kernel" "$temp/root"
fetch
say 'making the initramfs'
unpack
mkdir -p "$temp/root"/{modules,host,proc,sys,dev,run,tmp,mnt,etc}
rm -rf "$temp/root/usr/share" "$temp/root/usr/lib/aarch64-linux-gnu/gconv"
add_modules
echo 'root:x:0:0:root:/root:/bin/sh' > "$temp/root/etc/passwd"
install -m 755 "$here/initramfs-init" "$temp/root/init"

rm -rf "$result.new"
mkdir "$result.new"
(cd "$temp/root" && find . | LC_ALL=C sort | cpio -o -H newc --owner=0:0 --quiet) | gzip -9n > "$result.new/initramfs"
(cd "$temp/packages" && printf '%s\n' *.deb) > "$result.new/packages"
cp "$temp"/kernel/boot/vmlinuz-* "$result.new/Image"
mv "$result.new" "$result"
echo "$result"
