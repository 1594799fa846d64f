#!/usr/bin/env bash
# argus has a load of 0 bit/s for an answer of 10,000 bits that took a second.
# Pinned: argus-server 2:3.0.8.2-2.2, argus-client 1:3.0.8.2-6.1+b3, libgeoip1 1.6.12-10, libwrap0
#   7.6.q-32, libpcap0.8 1.10.3-1 (Debian 12); any Python 3.
# One would guess: ra's sload and dload, by the manual "source bits per second" and "destination
#   bits per second", are the bytes of a direction, which stand beside them, by the duration.
# What happens: the first packet of a direction counts in its bytes, but neither in its load nor in
#   its rate, and the duration is that of the whole flow, not from that packet on. So a direction of
#   one packet has none, one of four lacks a quarter.
# Seen 2026-11-30, a question of 100 bytes and answers of 1,250, the last after a second: with one
#   answer dbytes 1250 and dload 0; with four dbytes 5000 and dload 30000 for 40000; the question,
#   with sbytes 100, has an sload of 0 in both.
# Why it matters: flows of a web page or a name service have few packets, so a sum of their loads is
#   far below what the link carried, and the error differs between directions.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download argus-server=2:3.0.8.2-2.2 \
  argus-client=1:3.0.8.2-6.1+b3 libgeoip1=1.6.12-10 libwrap0=7.6.q-32 libpcap0.8=1.10.3-1 || exit 2
for package in ./*.deb; do dpkg-deb -x "$package" root; done
LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH

cat > flow.py << 'PROGRAM'
import struct
import sys


def packet(microseconds, source, size):
    ends = [1, 2] if source == 1 else [2, 1]
    udp = struct.pack("!HHHH", *[5000 + end for end in ends], size - 34, 0) + bytes(size - 42)
    addresses = b"".join(bytes([192, 0, 2, end]) for end in ends)
    ip = struct.pack("!BBHHHBBH", 69, 0, size - 14, 0, 16384, 64, 17, 0) + addresses
    ethernet = bytes([2, 0, 0, 0, 0, ends[1], 2, 0, 0, 0, 0, ends[0], 8, 0])
    seconds, rest = divmod(microseconds, 1_000_000)
    return struct.pack("<IIII", 1_700_000_000 + seconds, rest, size, size) + ethernet + ip + udp


answers = int(sys.argv[1])
head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
times = [1_000_000 * (one + 1) // answers for one in range(answers)]
packets = [packet(0, 1, 100), *(packet(time, 2, 1250) for time in times)]
sys.stdout.buffer.write(head + b"".join(packets))
PROGRAM
for answers in 1 4; do
  python3 flow.py "$answers" > flow.pcap
  root/usr/sbin/argus -X -r flow.pcap -w "$answers.argus"
  root/usr/bin/ra -X -L -1 -c ' ' -r "$answers.argus" -n -s dur sbytes dbytes sload dload
done > seen.txt
cat seen.txt
awk '{ print $1 + 0, $2 + 0, $3 + 0, $4 + 0, $5 + 0 }' seen.txt | diff - <(
  printf '%s\n' "1 100 1250 0 0" "1 100 5000 0 30000"
)
