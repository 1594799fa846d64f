#!/usr/bin/env bash
# tshark has 20 ms for a DNS answer that came 5.02 s after the question, and no retransmission.
# Pinned: tshark 4.0.17-0+deb12u3 with the libraries it depends on (Debian 12); any Python 3.
# One would guess: dns.time is "the time between the Query and the Response", so a question that was
#   lost and asked again, same ports and same ID, has waited since it was first asked; and -z
#   dns,tree counts it among the "no. of retransmissions".
# What happens: repeats are found by a time-out of their own, dns.retransmission_timer. Above its
#   5 s the repeat is a new question, and the first one is forgotten. glibc's resolver asks again
#   after 5 s and a little (5.002 s here), so each of its losses is on that side. -z dns,tree counts
#   no repeat in either case. With `-o dns.retransmission_timer:10` the time is right.
# Seen 2026-11-30, asked again after 2 s and answered 20 ms later: 2.02 s, one dns.retransmission;
#   after 5.002 s: 0.02 s, none; with the timer at 10 s: 5.022 s, one. In the tree: none.
# Why it matters: of a lossy path to the resolver, the waits that users had are the ones that are
#   missing, and the distribution of dns.time is that of a path without loss.
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

for name, pause in (("two", 2), ("five", 5.002)):
    with open(name + ".pcap", "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))

        def put(seconds, flags, answers=b""):
            source, target, ports = CLIENT, SERVER, (40000, 53)
            if answers:
                source, target, ports = SERVER, CLIENT, (53, 40000)
            dns = struct.pack("!HHHHHH", 7, flags, 1, len(answers) > 0, 0, 0)
            dns += b"\3www\7example\0" + struct.pack("!HH", 1, 1) + answers
            udp = struct.pack("!HHHH", *ports, 8 + len(dns), 0) + dns
            length = 20 + len(udp)
            ip = struct.pack("!BBHHHBBH", 69, 0, length, 0, 16384, 64, 17, 0) + source + target
            micros = round(seconds % 1 * 1e6)
            file.write(struct.pack("<IIII", int(seconds), micros, length, length) + ip + udp)

        put(1, 0x0100)
        put(1 + pause, 0x0100)
        address = bytes([192, 0, 2, 80])
        put(1.02 + pause, 0x8180, struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + address)
PROGRAM
python3 capture.py

tshark() {
  HOME=$work LD_LIBRARY_PATH=$libraries WIRESHARK_DATA_DIR=$work/root/usr/share/wireshark \
    root/usr/bin/tshark "$@" 2> tshark.log
}

# Prints what tshark makes of a capture of three packets.
times() {
  tshark -r "$@" -Y dns.time -T fields -e dns.time > time.txt || exit 2
  tshark -r "$@" -Y dns.retransmission -T fields -e frame.number > repeats.txt || exit 2
  tshark -r "$@" -q -z dns,tree > tree.txt || exit 2
  printf '%s: %g s, repeats %d, in the tree %d\n' "$1${2+ with a timer of 10 s}" \
    "$(< time.txt)" "$(wc -l < repeats.txt)" \
    "$(awk '/no. of retransmissions/ { print $4 }' tree.txt)"
}
{
  times two.pcap
  times five.pcap
  times five.pcap -o dns.retransmission_timer:10
} | tee seen.txt
diff seen.txt - <<'STATED'
two.pcap: 2.02 s, repeats 1, in the tree 0
five.pcap: 0.02 s, repeats 0, in the tree 0
five.pcap with a timer of 10 s: 5.022 s, repeats 1, in the tree 0
STATED
