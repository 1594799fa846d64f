#!/usr/bin/env bash
# mausezahn reports thousands of packets a second for packets that it sent ten milliseconds apart.
# Pinned: netsniff-ng 0.6.8-3 (mausezahn) with the libraries it depends on (Debian 12); any Python
#   3; needs user namespaces or root.
# One would guess: "0.01 seconds (9566 packets per second)" at the end is how long it took to send
#   them, and the rate at which they went out.
# What happens: the seconds are CPU time of the process. With a delay between packets it sleeps most
#   of the time, and that is not counted. Nor is, without a delay, what other programs take.
# Seen 2026-12-01, 100 packets with `-d 10msec`: 1.17 s on the clock, so 86 a second; mausezahn says
#   "0.01 seconds (9566 packets per second)".
# Why it matters: taken as the load that was offered, every path and every receiver lose 99 % of
#   it, and a slower machine that needs more CPU time seems to have sent at a lower rate.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir partial
touch nothing-installed
apt-get -qq -y --download-only --no-install-recommends -o APT::Sandbox::User=root \
  -o Debug::NoLocking=1 -o Dir::State::status="$work/nothing-installed" \
  -o Dir::Cache::archives="$work" \
  install netsniff-ng=0.6.8-3 > /dev/null || exit 2
rm libc6_*.deb
for package in ./*.deb; do dpkg-deb -x "$package" root; done

cat > probe.py << 'PROBE'
import re
import subprocess
import sys
import time

PACKETS = 100
frame = "ff:ff:ff:ff:ff:ff 02:00:00:00:00:01 88:b5 00"
start = time.monotonic()
command = ["root/usr/sbin/mausezahn", "near", "-c", str(PACKETS), "-d", "10msec", frame]
done = subprocess.run(command, capture_output=True, text=True)
elapsed = time.monotonic() - start
said = re.search(r"([0-9.]+) seconds \(([0-9]+) packets per second\)", done.stdout + done.stderr)
link = subprocess.run(["ip", "-s", "link", "show", "near"], capture_output=True, text=True).stdout
sent = int(link.splitlines()[-1].split()[1])
if not said or sent < PACKETS:
    sys.exit(2)
print(f"{PACKETS} packets in {elapsed:.2f} s, {PACKETS / elapsed:.0f} a second; it says {said[0]}")
sys.exit(0 if elapsed > 1 and float(said[1]) < 0.3 and int(said[2]) > 300 else 1)
PROBE
cat > in-a-namespace.sh << 'PROBE'
ip link add near type veth peer name far || exit 2
ip link set near up
ip link set far up
for _ in {1..100}; do
  ip link show near | grep --quiet 'state UP' && break
  sleep 0.05
done
LD_LIBRARY_PATH=$1 python3 probe.py
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net bash in-a-namespace.sh \
  "$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu"
