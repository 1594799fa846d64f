#!/usr/bin/env bash
# tshark gives all answers of an HTTP pipeline to the last request, and times the first by it.
# Pinned: tshark 4.0.17-0+deb12u3 with the libraries it depends on (Debian 12); any Python 3.
# One would guess: answers come in the order of the requests, as RFC 9112 9.3.2 demands, and tshark
#   has the whole stream, so the n-th answer belongs to the n-th request.
# What happens: an answer belongs to the latest request before it. Of a pipeline that is the last
#   one, for every answer; http.response_for.uri names it each time. Only the first answer has an
#   http.time, the time since the last request, and the others have none.
# Seen 2026-11-28, requests for /0, /1 and /2 at 1.00, 1.01 and 1.02 s, answers at 1.1, 1.2 and 1.3
#   s: all three are for /2; http.time is 0.08 s for the first and empty for the others. True are
#   0.10, 0.19 and 0.28 s.
# Why it matters: pipelining is studied for its waiting behind earlier answers. Here the waits are
#   left out, and the one figure that is left is shorter than any true one.
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
import sys

CLIENT, SERVER = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])
SYN, ACK = 2, 16


def capture(name):
    with open(name, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
        sequence = {CLIENT: 100, SERVER: 500}

        def send(seconds, source, flags, data=b""):
            target = SERVER if source == CLIENT else CLIENT
            ports = (40000, 80) if source == CLIENT else (80, 40000)
            numbers = (sequence[source], sequence[target] if flags & ACK else 0)
            tcp = struct.pack("!HHIIBBHHH", *ports, *numbers, 80, flags, 65535, 0, 0) + data
            length = 20 + len(tcp)
            ip = struct.pack("!BBHHHBBH", 69, 0, length, 0, 16384, 64, 6, 0) + source + target
            micros = round(seconds % 1 * 1e6)
            file.write(struct.pack("<IIII", int(seconds), micros, length, length) + ip + tcp)
            sequence[source] += len(data) + (flags & SYN > 0)

        send(0, CLIENT, SYN)
        send(0.001, SERVER, SYN | ACK)
        send(0.002, CLIENT, ACK)
        for i in range(3):
            send(1 + 0.01 * i, CLIENT, ACK, b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % i)
        for i in range(3):
            head = b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n"
            send(1.1 + 0.1 * i, SERVER, ACK, head + b"%d" % i)
            send(1.15 + 0.1 * i, CLIENT, ACK)


capture("pipelined.pcap")
PROGRAM
python3 capture.py

# Prints the URI and the time of each answer.
HOME=$work LD_LIBRARY_PATH=$libraries WIRESHARK_DATA_DIR=$work/root/usr/share/wireshark \
  root/usr/bin/tshark -r pipelined.pcap -Y http.response -T fields \
  -e http.response_for.uri -e http.time -E separator=, 2> tshark.log | tee seen.txt
diff seen.txt - <<'STATED'
http://x/2,0.080000000
http://x/2,
http://x/2,
STATED
