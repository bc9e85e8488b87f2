#!/usr/bin/env bash
# Makes presence-gateway_VERSION_{amd64,arm64}.deb in OUT.
#
#   build.sh OUT [VERSION] [--program DIR]     --program: a program built already, in place of publishing (for tests; amd64 alone)
#
# amd64 brings its own runtime. For arm64 the runtime's packages are not served by every feed, so that one asks Debian for it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
host=$here/../Host
out=$(mkdir -p "$1" && cd "$1" && pwd)
version=${2:-1.0.0}
program=
[ "${3:-}" = --program ] && program=$4
[[ $version =~ ^[0-9][0-9A-Za-z.+~-]*$ ]] || { echo "build.sh: '$version' is no version of a Debian package" >&2; exit 2; }
command -v dpkg-deb >/dev/null || { echo "build.sh: dpkg-deb is needed" >&2; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

publish() { # publish RID DIR [more]
  dotnet publish "$host" -c Release -r "$1" -o "$2" -v quiet -p:Version="$version" -p:NuGetLockFilePath="$work/$1.lock.json" \
    --artifacts-path "$work/artifacts-$1" "${@:3}" >&2
}

package() { # package ARCHITECTURE DIR DEPENDS COMMAND
  local root=$work/$1
  install -d "$root/DEBIAN" "$root/usr/lib/presence-gateway" "$root/usr/bin" "$root/usr/lib/systemd/system" "$root/etc/presence-gateway"
  cp -r "$2/." "$root/usr/lib/presence-gateway/"
  # Symbols are inside the assemblies; documentation and other systems' libraries have no place in a shop.
  find "$root/usr/lib/presence-gateway" \( -name '*.xml' -o -name '*.staticwebassets.*' -o -name 'web.config' \) -delete
  local native; case $1 in amd64) native=linux-x64 ;; arm64) native=linux-arm64 ;; esac
  [ -d "$root/usr/lib/presence-gateway/runtimes" ] &&
    find "$root/usr/lib/presence-gateway/runtimes" -mindepth 1 -maxdepth 1 ! -name $native -exec rm -rf {} +
  install -m 644 "$here"/presence-gateway.service "$here"/presence-gateway.path "$root/usr/lib/systemd/system/"
  install -m 644 "$here"/gateway.json "$root/etc/presence-gateway/"
  printf '#!/bin/sh\nexec %s "$@"\n' "$4" >"$root/usr/bin/presence-gateway"
  chmod 755 "$root/usr/bin/presence-gateway"
  install -m 755 "$here"/postinst "$here"/prerm "$here"/postrm "$root/DEBIAN/"
  echo /etc/presence-gateway/gateway.json >"$root/DEBIAN/conffiles"
  cat >"$root/DEBIAN/control" <<CONTROL
Package: presence-gateway
Version: $version
Architecture: $1
Maintainer: Presence <gateways@presence.invalid>
Section: net
Priority: optional
Depends: $3
Recommends: libpcap0.8, tzdata
Installed-Size: $(du -sk "$root/usr" | cut -f1)
Description: hears devices in a store and brings sightings to the cloud
 Listens to Wi-Fi and Bluetooth radios and to the receivers a mall already has,
 makes tokens of addresses before anything is stored or sent, and keeps what it
 heard through power cuts and days without a link.
CONTROL
  find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-1795305600}" {} +
  dpkg-deb --root-owner-group -Zgzip --build "$root" "$out/presence-gateway_${version}_$1.deb" >&2
  echo "$out/presence-gateway_${version}_$1.deb"
}

libraries="libc6, libgcc-s1, libstdc++6, libssl3 | libssl3t64, adduser"
if [ -n "$program" ]; then
  package amd64 "$program" "$libraries, aspnetcore-runtime-10.0" "dotnet /usr/lib/presence-gateway/presence-gateway.dll"
else
  publish linux-x64 "$work/program-x64" --self-contained
  package amd64 "$work/program-x64" "$libraries" /usr/lib/presence-gateway/presence-gateway
  publish linux-arm64 "$work/program-arm64" --no-self-contained -p:UseAppHost=false
  package arm64 "$work/program-arm64" "$libraries, aspnetcore-runtime-10.0" "dotnet /usr/lib/presence-gateway/presence-gateway.dll"
fi
