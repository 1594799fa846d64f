#!/usr/bin/env bash
# tshark's http.time is the time to an answer's last byte; for HTTP/1.0, to the end of connection.
# Pinned: tshark 4.0.17-0+deb12u3 with the libraries it depends on (Debian 12); any Python 3.
# One would guess: "Time since request" ends where the answer starts, as the time to first byte
#   does; the headers with status 200 are all in the first segment.
# What happens: the answer belongs to the segment that completes it, since bodies are put together
#   by default. That is the last one by Content-Length, and without a length it is the server's
#   FIN, as in HTTP/1.0. With `-o http.desegment_body:FALSE` it is the first.
# Seen 2026-11-28, a request at 1.00 s, segments of its answer at 1.05, 1.15 and 1.25 s, a FIN at
#   3 s: http.time is 0.25 s with Content-Length: 2000 and 2 s without; with the option both are
#   0.05 s.
# Why it matters: taken as the server's time, it grows with the size and the path's rate. Between
#   1.0 and 1.1 it compares a connection's life with a download.
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
FIN, SYN, ACK = 1, 2, 16
REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def capture(name, header):
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
            sequence[source] += len(data) + (flags & (SYN | FIN) > 0)

        send(0, CLIENT, SYN)
        send(0.001, SERVER, SYN | ACK)
        send(0.002, CLIENT, ACK)
        send(1, CLIENT, ACK, REQUEST)
        answer = b"HTTP/1.1 200 OK\r\n" + header + b"\r\n" + bytes(2000)
        for i in range(3):
            send(1.05 + 0.1 * i, SERVER, ACK, answer[1000 * i : 1000 * (i + 1)])
        send(1.3, CLIENT, ACK)
        send(3, SERVER, FIN | ACK)
        send(3.1, CLIENT, FIN | ACK)
        send(3.2, SERVER, ACK)


capture("length.pcap", b"Content-Length: 2000\r\n")
capture("close.pcap", b"Connection: close\r\n")
PROGRAM
python3 capture.py

# Prints http.time of the one answer in a capture.
response_time() {
  HOME=$work LD_LIBRARY_PATH=$libraries WIRESHARK_DATA_DIR=$work/root/usr/share/wireshark \
    root/usr/bin/tshark -r "$@" -Y http.response -T fields -e http.time 2> tshark.log
}
for name in length close; do
  echo "$name: $(response_time $name.pcap)"
  echo "$name, bodies left apart: $(response_time $name.pcap -o http.desegment_body:FALSE)"
done | tee seen.txt
diff seen.txt - <<'STATED'
length: 0.250000000
length, bodies left apart: 0.050000000
close: 2.000000000
close, bodies left apart: 0.050000000
STATED
