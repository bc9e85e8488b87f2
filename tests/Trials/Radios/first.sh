#!/bin/busybox sh
# The virtual machine's first program: loads simulated radios, takes the host's files as its own (to read only), runs what the trial left.
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
while read -r module; do
  case $module in
    mac80211_hwsim*) insmod "/modules/$module" radios=4 ;;
    *) insmod "/modules/$module" ;;
  esac || echo "trial: $module is not loaded"
done </modules/order

mount -t 9p -o ro,trans=virtio,version=9p2000.L,cache=loose,msize=262144 host /host || echo "trial: no files of the host"
mount -t tmpfs run /host/run
mount -t proc proc /host/proc
mount -t sysfs sys /host/sys
mount -t devtmpfs dev /host/dev
mkdir -p /host/run/out /host/run/tmp /host/dev/shm
mount -t tmpfs shm /host/dev/shm
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 out /host/run/out || echo "trial: nowhere to write"
chroot /host /bin/bash /run/out/trial.sh
sync
poweroff -f
