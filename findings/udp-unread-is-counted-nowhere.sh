#!/usr/bin/env bash
# Linux counts a UDP datagram when a program reads it; what none reads is in no UDP counter.
# Pinned: iproute2 6.1.0-3 (nstat, Debian 12); any Python 3; needs user namespaces or root. The
#   counters are the kernel's, seen with 6.18.
# One would guess: UdpInDatagrams counts arrivals for a bound port, and it, UdpNoPorts and
#   UdpInErrors add up to all that arrived. RFC 4113 defines the three without a gap: delivered,
#   no application at the port, and not delivered for another reason.
# What happens: the datagram waits in the socket uncounted. Reading it counts it. close() throws
#   the rest away and counts them neither as delivered nor as errors nor as drops.
# Seen 2026-11-28, 100 sent over loopback, 40 read, then close(): UdpOutDatagrams 100,
#   UdpInDatagrams 0, then 40, and still 40 after close(); UdpInErrors, UdpNoPorts and
#   UdpRcvbufErrors 0 all along. IpInDelivers is 100.
# Why it matters: sent minus received is booked as the path's loss, although the host has the
#   datagrams. A rate of arrivals from this counter is the reader's pace, so a stalled reader
#   looks like a silent network.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root
nstat=$(find root -path '*bin/nstat')

cat > probe.py << 'PROBE'
import socket
import subprocess
import sys

NAMES = ["IpInDelivers", "UdpOutDatagrams", "UdpInDatagrams"]
NAMES += ["UdpNoPorts", "UdpInErrors", "UdpRcvbufErrors"]


def counters(moment):
    command = [sys.argv[1], "-asz", *NAMES]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    rows = [line.split() for line in text.splitlines() if not line.startswith("#")]
    seen = {name: int(value) for name, value, _ in rows}
    print(moment, seen)
    return [seen[name] for name in NAMES]


receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for _ in range(100):
    sender.sendto(bytes(100), receiver.getsockname())
unread = counters("100 sent, none read:")
for _ in range(40):
    receiver.recv(100)
partly = counters("40 read:")
receiver.close()
closed = counters("closed:")
stated = [[100, 100, 0, 0, 0, 0], [100, 100, 40, 0, 0, 0], [100, 100, 40, 0, 0, 0]]
sys.exit(0 if [unread, partly, closed] == stated else 1)
PROBE

cat > in-a-namespace.sh << 'PROBE'
ip link set lo up || exit 2
"$1" -V
echo "Linux $(uname -r)"
python3 probe.py "$1"
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net bash in-a-namespace.sh "$nstat"
