#!/usr/bin/env bash
# Debian's kernel and a first root for it, kept in a folder for later runs: presence.kernel and presence.initrd.
#
#   prepare.sh FOLDER
set -euo pipefail
here=$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")
mkdir -p "$1"
cd "$1"
fail() { printf 'radios: %s\n' "$*" >&2; exit 2; }
[ "$(dpkg --print-architecture)" = amd64 ] || fail "the virtual machine is an amd64 one; this machine is not"
PATH=$PATH:/usr/sbin:/sbin
for program in qemu-system-x86_64 hostapd iw busybox tcpdump modprobe depmod cpio; do
  command -v $program >/dev/null || fail "$program is not installed"
done

image=$(apt-cache depends linux-image-amd64 | sed -n 's/^ *Depends: //p' | head -1)
version=${image#linux-image-}
[ -n "$version" ] || fail "there is no package linux-image-amd64 (apt-get update)"
if [ ! -f "kernel/boot/vmlinuz-$version" ]; then
  printf 'radios: fetching %s\n' "$image" >&2
  rm -rf kernel linux-image-*.deb
  apt-get download -qq "$image" >/dev/null 2>&1 || fail "$image could not be fetched"
  dpkg -x linux-image-*.deb unpacked
  rm linux-image-*.deb
  depmod -b unpacked "$version"
  mv unpacked kernel
fi

# What the first program needs until it sees the machine's own files, and the radios; in the order they are loaded in.
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,modules,host,proc,sys,dev}
for module in virtio_pci virtio_net virtio_rng 9pnet_virtio 9p af_packet mac80211_hwsim; do
  modprobe -d "$PWD/kernel" -S "$version" --show-depends "$module" | awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$1]++' >"$root/paths"
while read -r path; do
  cp "$path" "$root/modules/"
  basename "$path"
done <"$root/paths" >"$root/modules/order"
cp "$(command -v busybox)" "$root/bin/busybox"
cp "$here/first.sh" "$root/init"
chmod +x "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >presence.initrd.new
mv presence.initrd.new presence.initrd
ln -sf "kernel/boot/vmlinuz-$version" presence.kernel
