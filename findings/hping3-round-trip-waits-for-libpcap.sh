#!/usr/bin/env bash
# hping3 reports 0.6 ms for round trips of 0.04 ms: they end when libpcap hands the packet over.
# Pinned: hping3 3.a2.ds2-10, libpcap0.8 1.10.3-1, libtcl8.6 8.6.13+dfsg-2 (Debian 12); any Python
#   3; needs user namespaces or root. The timer is the kernel's, seen with Linux 6.18.
# One would guess: the round trip ends when the answer arrives, as a capture dates it, or at the
#   latest when a program that waits for nothing else is woken by it.
# What happens: hping3 reads by libpcap without its immediate mode and takes the time when it has
#   got the packet, not the one that came with it. The kernel hands packets over in blocks, when one
#   is full or after the 1 ms that hping3 asks for.
# Seen 2026-12-01, 40 SYNs to a listening port of 127.0.0.1, 50 ms apart: by hping3 0.1 ms at least,
#   0.6 on average and 1.1 at most, by the kernel's own times of the packets 0.042 ms on average.
# Why it matters: a round trip in a LAN is shorter than the wait, so a host on the other side of the
#   switch and one ten kilometres away get the same, and it varies by a millisecond like jitter.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download hping3=3.a2.ds2-10 libpcap0.8=1.10.3-1 \
  libtcl8.6=8.6.13+dfsg-2 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$(dirname "$(find "$work/root" -name libpcap.so.0.8)")
export LD_LIBRARY_PATH

cat > probe.py << 'PROBE'
import re
import socket
import struct
import subprocess
import sys

ETH_P_IP, SO_TIMESTAMPNS, SYN, SYN_ACK = 0x0800, 35, 0x02, 0x12

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
capture = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_IP))
capture.bind(("lo", ETH_P_IP))
capture.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
command = ["root/usr/sbin/hping3", "-n", "-S", "-p", str(port), "-c", "40", "-i", "u50000"]
report = subprocess.run([*command, "127.0.0.1"], capture_output=True, text=True).stderr
line = re.search(r"round-trip min/avg/max = ([0-9.]+)/([0-9.]+)/([0-9.]+) ms", report)
if not line or "40 packets received" not in report:
    sys.exit(2)

sent, round_trips = {}, []
capture.setblocking(False)
while True:
    try:
        packet, extra, _, _ = capture.recvmsg(200, 100)
    except BlockingIOError:
        break
    seconds, nanos = struct.unpack("qq", extra[0][2])
    source, target, flags = *struct.unpack("!HH", packet[20:24]), packet[33]
    if target == port and flags == SYN:
        sent[source] = seconds * 1e9 + nanos
    elif source == port and flags == SYN_ACK:
        round_trips.append((seconds * 1e9 + nanos - sent[target]) / 1e6)
if len(round_trips) != 40:
    sys.exit(2)
least, average, most = map(float, line.groups())
true = sum(round_trips) / len(round_trips)
print(f"hping3: {least} {average} {most} ms; kernel: average {true:.3f} ms of {len(round_trips)}")
if true > 0.1:
    sys.exit(2)  # This machine was too busy.
sys.exit(0 if average > 3 * true and most > 0.5 else 1)
PROBE
unshare --user --map-root-user --net true || exit 2
unshare --user --map-root-user --net sh -c 'ip link set lo up && python3 probe.py'
