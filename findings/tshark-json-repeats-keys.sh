#!/usr/bin/env bash
# tshark writes JSON that says a key twice, and readers of JSON keep the last: of three SACK blocks
# one is left, of two requests the second.
# Pinned: tshark 4.0.17-0+deb12u3 with the libraries it depends on (Debian 12); any Python 3.
# One would guess: `-T json` gives a packet as a tree without loss, with an array where a field
#   occurs more than once, as `-T json -e FIELD` does.
# What happens: a field that occurs three times is three members of the same name. JSON allows that,
#   Python's json and JSON.parse keep the last one, and neither says a word. The option
#   --no-duplicate-keys makes arrays.
# Seen 2026-11-29, an acknowledgement with three SACK blocks and a segment with two GET requests:
#   the text has 3 left edges and 2 URIs; read, 1 and 1 are there, of the last block and the second
#   request; with --no-duplicate-keys 3 and 2.
# Why it matters: the fuller a packet, the more of it is lost: SACK blocks, pipelined requests,
#   HTTP/2 frames of one segment are counted as one.
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
ACK = 16
SACK = bytes([1, 1, 5, 26]) + struct.pack("!6I", 2000, 3000, 4000, 5000, 6000, 7000)
REQUESTS = b"".join(b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % number for number in (1, 2))

with open("two.pcap", "wb") as file:
    file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))
    for options, data in ((SACK, b""), (b"", REQUESTS)):
        words = 5 + len(options) // 4
        tcp = struct.pack("!HHIIBBHHH", 40000, 80, 100, 500, words << 4, ACK, 65535, 0, 0)
        tcp += options + data
        length = 20 + len(tcp)
        ip = struct.pack("!BBHHHBBH", 69, 0, length, 0, 16384, 64, 6, 0) + CLIENT + SERVER
        file.write(struct.pack("<IIII", 0, 0, length, length) + ip + tcp)
PROGRAM
python3 capture.py

# Writes the capture as JSON.
dissect() {
  HOME=$work LD_LIBRARY_PATH=$libraries WIRESHARK_DATA_DIR=$work/root/usr/share/wireshark \
    root/usr/bin/tshark -r two.pcap -T json "$@" 2> tshark.log
}
dissect > repeated.json
dissect --no-duplicate-keys > arrays.json

cat > read.py <<'PROBE'
import json
import sys


def values(tree, name):
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if key == name:
            yield from value if isinstance(value, list) else [value]
        elif isinstance(value, (dict, list)):
            yield from values(value, name)


with open(sys.argv[1]) as file:
    packets = json.load(file)
print(*values(packets, "tcp.options.sack_le"), *values(packets, "http.request.uri"))
PROBE
# Prints how often the text itself has a field.
count() {
  grep -c "\"$1\": " repeated.json
}
{
  echo "text: $(count tcp.options.sack_le) left edges, $(count http.request.uri) URIs"
  echo "read: $(python3 read.py repeated.json)"
  echo "no duplicate keys, read: $(python3 read.py arrays.json)"
} | tee seen.txt
diff seen.txt - <<'STATED'
text: 3 left edges, 2 URIs
read: 5501 /2
no duplicate keys, read: 1501 3501 5501 /1 /2
STATED
