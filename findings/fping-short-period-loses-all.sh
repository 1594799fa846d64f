#!/usr/bin/env bash
# fping reports 100 % loss over a path that loses nothing when its period is below the round trip.
# Pinned: fping 5.1-1 (Debian 12); needs user namespaces or root, and /dev/net/tun.
# One would guess: `-c 20 -p 20` sends a probe every 20 ms and waits for each answer as long as it
#   does without -c (500 ms), as ping does with -i.
# What happens: in its counting modes the period is the time-out too, as the manual says under -t.
#   An answer that comes later is thrown away and its probe reported as lost, with exit status 1.
#   `-t 500` beside it helps.
# Seen 2026-11-28, a path of 50 ms made by a program behind a TUN device: -p 20: 20 sent, 0
#   received, 100 % lost; -p 20 -t 500: 20 of 20, 50.6 ms at least; -p 100: 5 of 5.
# Why it matters: who probes faster to see more of a queue or of losses, over a path of some tens
#   of milliseconds, sees an outage.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download fping=5.1-1 || exit 2
dpkg-deb -x ./*.deb root

# A host behind a TUN device that answers each echo request after 50 ms.
cat > far.py << 'PROGRAM'
import fcntl, os, struct, subprocess, threading

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
tun = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", b"far", IFF_TUN | IFF_NO_PI))
subprocess.run(["ip", "addr", "add", "192.0.2.1/24", "dev", "far"], check=True)
subprocess.run(["ip", "link", "set", "far", "up"], check=True)


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


print("ready", flush=True)
while True:
    packet = os.read(tun, 2048)
    if packet[0] != 0x45 or packet[9] != 1 or packet[20] != 8:
        continue
    rest = packet[24:]
    echo = struct.pack("!BBH", 0, 0, checksum(b"\0\0\0\0" + rest)) + rest
    answer = packet[:12] + packet[16:20] + packet[12:16] + echo
    threading.Timer(0.05, os.write, (tun, answer)).start()
PROGRAM

cat > probe.sh << 'PROBE'
python3 far.py > far.log &
far=$!
trap 'kill "$far"' EXIT
until grep -q ready far.log; do
  kill -0 "$far" || exit 2
  sleep 0.05
done
for words in '-c 20 -p 20' '-c 20 -p 20 -t 500' '-c 5 -p 100'; do
  # shellcheck disable=SC2086
  echo "$words: $(root/usr/bin/fping -q $words 192.0.2.9 2>&1 | grep xmt)"
done
PROBE
unshare --user --map-root-user --net bash probe.sh > seen.txt || exit 2
cat seen.txt
grep -q '^-c 20 -p 20: .*= 20/0/100%' seen.txt &&
  grep -q -- '-t 500: .*= 20/20/0%' seen.txt &&
  grep -q -- '-p 100: .*= 5/5/0%' seen.txt
