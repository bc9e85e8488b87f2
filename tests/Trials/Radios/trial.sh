# In the virtual machine: an access point, a phone that looks for networks, and the gateway, all on the kernel's own 802.11 stack.
#
#   wlan0  access point "StoreWiFi" on channel 6          mon0   on the second radio, in monitor mode: switched off, removed, and back
#   wlan2  the phone                                      wlan3  an ordinary interface, which the gateway has to prepare itself
#   hwsim0 everything in the air, whoever hears it
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TMPDIR=/run/tmp HOME=/run/tmp
out=/run/out
. $out/settings # broker, gateway, filter, DOTNET_ROOT
export DOTNET_ROOT DOTNET_EnableDiagnostics=0 DOTNET_TieredPGO=0 DOTNET_CLI_TELEMETRY_OPTOUT=1

mark() {
  echo "$1 $(date +%s%3N)" >>$out/phases
  echo "trial: $1 ($(cut -d' ' -f1 /proc/uptime) s)"
}

# A socket for frames is bound to the interface as it is now, not to an older one of its name.
heard_by_somebody() {
  for _ in $(seq 300); do
    awk -v index_of="$(cat "/sys/class/net/$1/ifindex" 2>/dev/null)" '$5 == index_of { found = 1 } END { exit !found }' /proc/net/packet && return 0
    kill -0 "$gateway_id" 2>/dev/null || { echo "trial: the gateway ended"; return 1; }
    sleep 0.2
  done
  echo "trial: nobody listens to $1"
  return 1
}

# What another program hears on the same interface, through the same filter.
witness() {
  tcpdump -q -Z root -U -i "$2" -w "$out/$1.pcap" "$filter" 2>"$out/$1.log" &
  witnesses+=($!)
  for _ in $(seq 50); do grep -q listening "$out/$1.log" && return 0; sleep 0.1; done
}

witnesses=()
monitor() {
  iw phy "$(cat /sys/class/net/wlan1/phy80211/name)" interface add mon0 type monitor flags none
  ip link set mon0 up
}

# Not on channel 1: a simulated radio hears that one, which it begins on, wherever it is (with `iw` alone as well). There is no channel 34 to go to.
look_for_networks() {
  for _ in $(seq "$1"); do
    timeout 15 iw dev wlan2 scan freq 2437 2462 "${@:2}" ssid StoreWiFi ssid CoffeeShop >/dev/null 2>>$out/scan.log
    sleep 0.3
  done
}

ip link set lo up
ip link set eth0 up
ip addr add 10.0.2.15/24 dev eth0
ip link set hwsim0 up
ip link set wlan1 down
monitor
printf 'interface=wlan0\ndriver=nl80211\nssid=StoreWiFi\nchannel=6\nhw_mode=g\n' >/run/hostapd.conf
hostapd -B /run/hostapd.conf >$out/hostapd.log 2>&1
ip link set wlan2 up
mark booted

key=$(printf '0%.0s' $(seq 64))
PRESENCE_DAYKEY=$key PRESENCE_MEMBERKEY=$key "$gateway" run --tenant trial --venue air --gateway vm --broker "$broker" --spool /run/spool \
  --listen 0=mon0 --listen 1=wlan3 --channels 6 --channels 11 --channels 34 --linger 00:00:00.2 --status-every 00:00:01 >$out/gateway.log 2>&1 &
gateway_id=$!
heard_by_somebody mon0 && heard_by_somebody wlan3
witness air hwsim0
witness mon0-1 mon0
witness wlan3 wlan3

mark before
look_for_networks 5
iw dev wlan2 connect StoreWiFi 2437
sleep 3
ip addr add 192.168.77.2/24 dev wlan2
timeout 12 busybox arping -q -c 8 -w 9 -I wlan2 192.168.77.1 >/dev/null 2>&1
iw dev wlan2 link >$out/link.log 2>&1
iw dev wlan2 disconnect
sleep 1

mark down
ip link set mon0 down
look_for_networks 3
sleep 1
ip link set mon0 up
sleep 2

mark up
look_for_networks 5
sleep 1

mark removed
iw dev mon0 del
look_for_networks 3
monitor
heard_by_somebody mon0
witness mon0-2 mon0

mark back
look_for_networks 5 randomise
sleep 2
mark done
kill "${witnesses[@]}" 2>/dev/null
kill -TERM "$gateway_id"
for _ in $(seq 100); do kill -0 "$gateway_id" 2>/dev/null || break; sleep 0.1; done
iw dev >$out/iw.log 2>&1
mark off
