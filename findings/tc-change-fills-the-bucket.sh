#!/usr/bin/env bash
# A token bucket that `tc qdisc change` gives the values that it has lets a whole burst through.
# Pinned: iproute2 6.1.0-3 (Debian 12), its libraries and kernel the machine's; needs user
#   namespaces or root, sch_tbf, and any Python 3.
# One would guess: a change in place keeps the state of the qdisc, as it keeps the packets that
#   wait, so the same values again change nothing, and a new rate holds from then on.
# What happens: every change fills the bucket, whatever it holds and even if nothing differs, so
#   each lets a burst through beside the rate.
# Seen 2026-11-30, Linux 6.18, "tbf rate 1mbit burst 20000b" under a flood, over 3 s: 0.99 Mbit/s
#   left alone, and 2.2 to 2.5 with the same values given ten times a second.
# Why it matters: who plays a trace of rates by changing a tbf, as for mobile links, has the trace's
#   mean and ten bursts a second more; the finer its steps, the more.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root

cat > probe.py << 'PROGRAM'
import json
import socket
import subprocess
import time

BUCKET = ["tbf", "rate", "1mbit", "burst", "20000b", "limit", "40000b"]
SECONDS = 3


def tc(verb):
    subprocess.run(["root/sbin/tc", "qdisc", verb, "dev", "near", "root", *BUCKET], check=True)


def received():
    said = subprocess.run(["root/bin/ip", "-s", "-j", "link", "show", "far"], check=True, capture_output=True)
    return json.loads(said.stdout)[0]["stats64"]["rx"]["bytes"]


def flood(raw, seconds, every):
    frame = b"\xff" * 6 + b"\x02" * 6 + b"\x88\xb5" + bytes(986)
    began = time.monotonic()
    changes = 0
    while (passed := time.monotonic() - began) < seconds:
        try:
            raw.send(frame)
        except OSError:
            pass  # the queue is full
        if passed >= (changes + 1) * every:
            changes += 1
            tc("change")
        time.sleep(0.001)


def megabits(every):
    tc("add")
    raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    raw.bind(("near", 0))
    flood(raw, 0.5, SECONDS)  # the first bucket is empty by then
    began, before = time.monotonic(), received()
    flood(raw, SECONDS, every)
    seen = (received() - before) * 8e-6 / (time.monotonic() - began)
    subprocess.run(["root/sbin/tc", "qdisc", "del", "dev", "near", "root"], check=True)
    return seen


alone, changed = megabits(2 * SECONDS), megabits(0.1)
print(f"{alone:.2f} {changed:.2f}")
PROGRAM
cat > in-a-namespace.sh << 'SCRIPT'
set -e
ip link add near type veth peer name far
ip link set near up
ip link set far up
exec python3 probe.py
SCRIPT
root/sbin/tc -Version
unshare --user --map-root-user --net bash in-a-namespace.sh > seen 2> namespace.log || exit 2
read -r alone changed < seen
echo "left alone $alone Mbit/s, given the same values ten times a second $changed Mbit/s"
awk '{ exit !($1 > 0.8 && $1 < 1.2 && $2 > 1.8) }' seen || exit 1
