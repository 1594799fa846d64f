#!/usr/bin/env bash
# tshark's round-trip times have the time-outs in them: 1.05 s on a path of 50 ms.
# Pinned: tshark 4.0.17-0+deb12u3 with the libraries it depends on (Debian 12); any Python 3.
# One would guess: tcp.analysis.ack_rtt, "the RTT to ACK the segment", leaves out what TCP itself
#   leaves out: answers to a segment that was sent twice (RFC 6298), and ones to a segment that had
#   arrived long before, behind a hole.
# What happens: an acknowledgement belongs to the segment that ends where it ends, and its time runs
#   from that segment's first sending. After a repeat it is the time-out and a round trip, and when
#   a hole is filled it is the time of the repair, though SACK reported the arrival at once. One
#   that ends within a bundle, as a capture on the sender has them, gives no sample.
# Seen 2026-11-30, a path of 50 ms: a segment alone 0.05 s; one lost and repeated after 1 s, 1.05 s;
#   three of which the first was lost, 1.048 s; a bundle of four acknowledged after two and four
#   segments, at 50 and 60 ms: only 0.06 s.
# Why it matters: the usual p99 or maximum of ack_rtt on a path with losses is that of the time-out,
#   and passes for a queue. On the sender the early half of the samples is missing.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir partial
touch nothing-installed
apt-get -qq -y --download-only --no-install-recommends -o APT::Sandbox::User=root \
  -o Debug::NoLocking=1 -o Dir::State::status="$work/nothing-installed" \
  -o Dir::Cache::archives="$work" \
  install tshark=4.0.17-0+deb12u3 > /dev/null || exit 2
rm libc6_*.deb
for package in ./*.deb; do dpkg-deb -x "$package" root; done
libraries=$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu

cat > capture.py <<'PROGRAM'
import struct

CLIENT, SERVER = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
SYN, ACK = 2, 16
SEGMENT = bytes(1000)

with open("path.pcap", "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))

    def put(seconds, source, sequence, acknowledged, flags, options=b"", data=b""):
        target = SERVER if source == CLIENT else CLIENT
        ports = (40000, 80) if source == CLIENT else (80, 40000)
        size = (20 + len(options)) * 4
        tcp = struct.pack("!HHIIBBHHH", *ports, sequence, acknowledged, size, flags, 65535, 0, 0)
        tcp += options + data
        length = 20 + len(tcp)
        ip = struct.pack("!BBHHHBBH", 69, 0, length, 0, 16384, 64, 6, 0) + source + target
        micros = round(seconds % 1 * 1e6)
        file.write(struct.pack("<IIII", int(seconds), micros, length, length) + ip + tcp)

    def send(seconds, first, segments=1):
        put(seconds, CLIENT, 1 + 1000 * first, 1, ACK, data=segments * SEGMENT)

    def acknowledge(seconds, upto, sacked=None):
        blocks = b""
        if sacked:
            edges = (1 + 1000 * number for number in sacked)
            blocks = struct.pack("!BBBBII", 1, 1, 5, 10, *edges)
        put(seconds, SERVER, 1, 1 + 1000 * upto, ACK, blocks)

    permitted = bytes([1, 1, 4, 2])
    put(0, CLIENT, 0, 0, SYN, permitted)
    put(0.05, SERVER, 0, 1, SYN | ACK, permitted)
    put(0.05, CLIENT, 1, 1, ACK)
    send(1, 0)
    acknowledge(1.05, 1)
    send(2, 1)  # Lost.
    send(3, 1)
    acknowledge(3.05, 2)
    send(4, 2)  # Lost.
    send(4.001, 3)
    send(4.002, 4)
    acknowledge(4.051, 2, (3, 4))
    acknowledge(4.052, 2, (3, 5))
    send(5, 2)
    acknowledge(5.05, 5)
    send(6, 5, 4)
    acknowledge(6.05, 7)
    acknowledge(6.06, 9)
PROGRAM
python3 capture.py

tshark() {
  HOME=$work LD_LIBRARY_PATH=$libraries WIRESHARK_DATA_DIR=$work/root/usr/share/wireshark \
    root/usr/bin/tshark "$@" 2> tshark.log
}
tshark -r path.pcap -Y 'tcp.srcport == 80 && tcp.flags.syn == 0' -T fields -E separator=/s \
  -e frame.time_relative -e tcp.ack -e tcp.analysis.ack_rtt > raw.txt || exit 2
awk '{ print "at", $1 + 0 ", up to", $2 ":", (NF == 3 ? $3 + 0 " s" : "no sample") }' raw.txt |
  tee seen.txt
diff seen.txt - <<'STATED'
at 1.05, up to 1001: 0.05 s
at 3.05, up to 2001: 1.05 s
at 4.051, up to 2001: no sample
at 4.052, up to 2001: no sample
at 5.05, up to 5001: 1.048 s
at 6.05, up to 7001: no sample
at 6.06, up to 9001: 0.06 s
STATED
