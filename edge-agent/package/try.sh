#!/usr/bin/env bash
# Installs the amd64 package into a fresh Debian root, lets it run there, and removes it again.
#
#   try.sh DEB [ROOT]      ROOT: an unpacked Debian; without one debootstrap makes it. Needs root.
set -euo pipefail
deb=$1
root=${2:-$(mktemp -d)/debian}
[ -x "$root/usr/bin/dpkg" ] || debootstrap --variant=minbase bookworm "$root" >/dev/null
cp "$deb" "$root/tmp/gateway.deb"
mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
cp /etc/resolv.conf "$root/etc/resolv.conf"
inside() { chroot "$root" /usr/bin/env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 "$@"; }
say() { printf 'try: %s\n' "$*"; }

list() { find "$root" -xdev \( -path "$root/var/log" -o -path "$root/var/cache" -o -path "$root/var/lib/apt" -o -path "$root/var/lib/dpkg" -o -path "$root/proc" -o -path "$root/tmp" \) -prune -o -print | sort; }

inside apt-get update -qq
inside apt-get install -y -qq --no-install-recommends $(dpkg-deb -f "$deb" Depends | tr ',' '\n' | sed 's/|.*//; s/(.*//' | tr -d ' ') >/dev/null 2>&1
with_libraries=$(list)
inside dpkg -i /tmp/gateway.deb >/dev/null
say "installed $(inside dpkg-query -W -f '${Package} ${Version} ${Status}' presence-gateway)"
say "says $(inside presence-gateway --version)"
[ "$(inside stat -c '%U %a' /var/lib/presence-gateway/identity)" = "presence-gateway 700" ] || { say "the identity's folder is not its own"; exit 1; }
if command -v systemd-analyze >/dev/null; then
  wrong=$(systemd-analyze verify "$root"/usr/lib/systemd/system/presence-gateway.{service,path} 2>&1 | grep presence-gateway | grep -v 'is not executable' || true)
  [ -z "$wrong" ] || { say "the unit: $wrong"; exit 1; }
  say "systemd takes its units"
fi

# It runs as its own user, hears nothing, reaches nobody, and keeps a spool.
key=$(printf '0%.0s' $(seq 64))
timeout --signal=TERM 5 chroot --userspec=presence-gateway "$root" /usr/bin/env PRESENCE_DAYKEY="$key" PRESENCE_MEMBERKEY="$key" \
  presence-gateway run --tenant t --venue v --gateway g --broker 127.0.0.1:9 --spool /var/lib/presence-gateway/spool >"$root/tmp/said" 2>&1 || true
grep -q 'trying again' "$root/tmp/said" || { say "it did not run:"; cat "$root/tmp/said"; exit 1; }
[ -n "$(ls -A "$root/var/lib/presence-gateway/spool")" ] || { say "it kept no spool"; exit 1; }
say "runs as its own user and keeps a spool"

# Update in place: the same again, and what was spooled is still there.
inside dpkg -i /tmp/gateway.deb >/dev/null
[ -n "$(ls -A "$root/var/lib/presence-gateway/spool")" ] || { say "an update lost the spool"; exit 1; }
say "updated in place, with its spool"

inside dpkg --purge presence-gateway >/dev/null
after=$(list)
left=$(diff <(echo "$with_libraries") <(echo "$after") | grep '^>' | grep -v -E '(/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|/run/adduser)$' || true)
[ -z "$left" ] || { say "left behind: $left"; exit 1; }
say "removed; nothing is left behind"
