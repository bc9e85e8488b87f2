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

# With the settings as they are shipped, and with radios named in them; broken ones are named with their file. All without a page of calls.
settings() { # settings SECONDS TEXT FILE: starts with it, and looks for a text
  timeout --signal=TERM "$1" chroot --userspec=presence-gateway "$root" /usr/bin/env PRESENCE_DAYKEY="$key" PRESENCE_MEMBERKEY="$key" \
    presence-gateway run --tenant t --venue v --gateway g --broker 127.0.0.1:9 --spool /var/lib/presence-gateway/spool --settings "$3" >"$root/tmp/said" 2>&1 || true
  grep -q "$2" "$root/tmp/said" && ! grep -q '   at ' "$root/tmp/said" || { say "with $3 it says:"; cat "$root/tmp/said"; exit 1; }
}
settings 4 'Nothing is listened to' /etc/presence-gateway/gateway.json
sed 's|// "Listen"|"Listen"|' "$root/etc/presence-gateway/gateway.json" >"$root/tmp/radios.json"
settings 4 'wlan1.*trying again' /tmp/radios.json
printf '{ "Listen": [ "0=wlan1" \n' >"$root/tmp/broken.json"
settings 4 'broken.json' /tmp/broken.json
printf '{ "Lisen": [ "0=wlan1" ] }\n' >"$root/tmp/typo.json"
settings 4 'Lisen' /tmp/typo.json
settings 4 'missing.json' /tmp/missing.json
say "takes the shipped settings, names broken ones"

# Enrolment by root where nobody answers leaves nothing behind.
inside presence-gateway enrol --cloud https://127.0.0.1:9 --code AAAA-AAAA-AAAA-AAAA --identity /var/lib/presence-gateway/identity >"$root/tmp/said" 2>&1 && { say "enrolled by nobody"; exit 1; }
grep -q 'does not answer' "$root/tmp/said" && [ -z "$(ls -A "$root/var/lib/presence-gateway/identity")" ] || { say "enrolment:"; cat "$root/tmp/said"; exit 1; }
say "enrolment without a cloud is named and leaves nothing"

# Update in place: the same again, and what was spooled is still there.
inside dpkg -i /tmp/gateway.deb >/dev/null
[ -n "$(ls -A "$root/var/lib/presence-gateway/spool")" ] || { say "an update lost the spool"; exit 1; }
say "updated in place, with its spool"

# Removed it keeps what it heard and its settings, and goes on with them when it comes back.
inside dpkg --remove presence-gateway >/dev/null
[ -n "$(ls -A "$root/var/lib/presence-gateway/spool")" ] && [ -e "$root/etc/presence-gateway/gateway.json" ] || { say "removing it lost its spool or settings"; exit 1; }
inside dpkg -i /tmp/gateway.deb >/dev/null
[ "$(inside stat -c '%U' /var/lib/presence-gateway/spool)" = presence-gateway ] || { say "back again the spool is somebody else's"; exit 1; }
say "removed and installed again, with its spool and settings"

inside dpkg --purge presence-gateway >/dev/null
after=$(list)
left=$(diff <(echo "$with_libraries") <(echo "$after") | grep '^>' | grep -v -E '(/etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|/run/adduser)$' || true)
[ -z "$left" ] || { say "left behind: $left"; exit 1; }
say "removed; nothing is left behind"
