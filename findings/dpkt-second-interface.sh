#!/usr/bin/env bash
# dpkt reads the second interface of a pcapng file with times a thousand times off.
# Pinned: python3-dpkt 1.9.8-1, tcpdump 4.99.3-1, libpcap0.8 1.10.3-1 (Debian 12); any Python 3.
# One would guess: a pcapng reader that honours if_tsresol honours it for each interface.
# What happens: dpkt reads the first interface's description and applies its resolution to all
#   packets. The order of the interfaces decides whose times are wrong, and no warning comes.
#   Such files are what mergecap makes of a capture by tcpdump (microseconds) and one by
#   dumpcap (nanoseconds).
# Seen 2026-11-27, packets at 1000.0 and 1001.0 on the first interface, at 1000.5 and 1001.5 on
#   the second: tcpdump so; dpkt, us and ns: 1000.0 1000500.0 1001.0 1001500.0; dpkt, ns and
#   us: 1000.0 1.0005 1001.0 1.0015.
# Why it matters: one-way delays come from captures on both sides of a path, merged. Within one
#   side gaps and rates look sane or a thousand times off, by the order in which they merged.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download \
  python3-dpkt=1.9.8-1 tcpdump=4.99.3-1 libpcap0.8=1.10.3-1 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
library=$(dirname "$(find "$work/root" -name libpcap.so.0.8)")

cat > probe.py <<'PROBE'
import os
import struct
import subprocess
import sys

import dpkt


def block(kind, body):
    body += bytes(-len(body) % 4)
    length = len(body) + 12
    return struct.pack("<II", kind, length) + body + struct.pack("<I", length)


def capture(name, digits):
    """Interface 0 has whole seconds, interface 1 the halves, each in its own resolution."""
    with open(name, "wb") as file:
        file.write(block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        for resolution in digits:
            option = struct.pack("<HHB3xHH", 9, 1, resolution, 0, 0)
            file.write(block(1, struct.pack("<HHI", 1, 0, 65535) + option))
        for seconds in (1000, 1001):
            for interface in (0, 1):
                ticks = int((seconds + interface / 2) * 10 ** digits[interface])
                head = struct.pack("<IIIII", interface, ticks >> 32, ticks & 0xFFFFFFFF, 60, 60)
                file.write(block(6, head + bytes(60)))


def by_dpkt(name):
    with open(name, "rb") as file:
        return [float(time) for time, _ in dpkt.pcapng.Reader(file)]


def by_tcpdump(name):
    command = [os.environ["TCPDUMP"], "-Z", "root", "-ttnr", name]
    if os.geteuid() != 0:
        del command[1:3]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [float(line.split()[0]) for line in lines.splitlines()]


true = [1000.0, 1000.5, 1001.0, 1001.5]
capture("us-first.pcapng", (6, 9))
capture("ns-first.pcapng", (9, 6))
seen = {}
for name in ("us-first.pcapng", "ns-first.pcapng"):
    seen[name] = by_dpkt(name)
    print(name, "tcpdump", *by_tcpdump(name), "dpkt", *seen[name])
    if by_tcpdump(name) != true:
        sys.exit("tcpdump does not read the file as it was written; nothing can be said")
wrong = {
    "us-first.pcapng": [1000.0, 1000500.0, 1001.0, 1001500.0],
    "ns-first.pcapng": [1000.0, 1.0005, 1001.0, 1.0015],
}
sys.exit(0 if seen == wrong else 1)
PROBE
PYTHONPATH="$work/root/usr/lib/python3/dist-packages" LD_LIBRARY_PATH="$library" \
  TCPDUMP="$work/root/usr/bin/tcpdump" python3 probe.py
