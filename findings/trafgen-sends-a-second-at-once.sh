#!/usr/bin/env bash
# trafgen at a rate of 100 packets a second sends 100 within a millisecond, then none for a second.
# Pinned: netsniff-ng 0.6.8-3 with the libraries it depends on (Debian 12); any Python 3; needs user
#   namespaces or root.
# One would guess: `--rate 100pps` spaces the packets, ten milliseconds apart, as `--gap 10ms` does.
# What happens: it sends a second's worth as fast as it can and sleeps for the rest of the second. A
#   rate in bits, such as 8Mbit, it takes in the same way. Only --gap is even.
# Seen 2026-12-01, 200 packets on a veth: --rate 100pps has 198 gaps below a millisecond and one of
#   1.00 s; --gap 10ms none below a millisecond.
# Why it matters: the mean rate is right, so the report and a count each second look fine. But a
#   queue of less than a second's packets drops most of them on a path that has room for the rate,
#   and every delay is that of a burst.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir partial
touch nothing-installed
apt-get -qq -y --download-only --no-install-recommends -o APT::Sandbox::User=root \
  -o Debug::NoLocking=1 -o Dir::State::status="$work/nothing-installed" \
  -o Dir::Cache::archives="$work" \
  install netsniff-ng=0.6.8-3 > /dev/null || exit 2
rm libc6_*.deb
for package in ./*.deb; do dpkg-deb -x "$package" root; done

cat > probe.py << 'PROBE'
import socket
import struct
import subprocess
import sys

KIND, PACKETS = 0x88B5, 200
SO_TIMESTAMPNS = 35

with open("packet.cfg", "w") as file:
    file.write("{ fill(0xff, 6), 2, 0, 0, 0, 0, 1, c16(0x88b5), fill(0x41, 46) }\n")


def gaps(*pace):
    receiver = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(KIND))
    receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    receiver.bind(("far", KIND))
    receiver.settimeout(5)
    command = ["root/usr/sbin/trafgen", "--in", "packet.cfg", "--out", "near", *pace]
    command += ["--num", str(PACKETS), "--cpus", "1", "--no-sock-mem"]
    sender = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    times = []
    try:
        while len(times) < PACKETS:
            _, [(_, _, stamp)], _, _ = receiver.recvmsg(2000, 100)
            seconds, nanos = struct.unpack("qq", stamp)
            times.append(seconds + nanos / 1e9)
    except socket.timeout:
        sys.exit(2)
    finally:
        sender.kill()
        sender.wait()
    found = [later - earlier for earlier, later in zip(times, times[1:])]
    short = sum(gap < 0.001 for gap in found)
    longest = max(found)
    print(f"{' '.join(pace)}: {short} of {len(found)} gaps below 1 ms, the longest {longest:.2f} s")
    return short, longest


rate_short, rate_longest = gaps("--rate", "100pps")
gap_short, _ = gaps("--gap", "10ms")
sys.exit(0 if rate_short > 180 and 0.8 < rate_longest < 1.5 and gap_short < 20 else 1)
PROBE
cat > in-a-namespace.sh << 'PROBE'
ip link add near type veth peer name far || exit 2
ip link set near up
ip link set far up
for _ in {1..100}; do
  ip link show near | grep --quiet 'state UP' && break
  sleep 0.05
done
LD_LIBRARY_PATH=$1 python3 probe.py
PROBE
unshare --user --map-root-user --net true || exit 2
libraries=$work/root/usr/lib/x86_64-linux-gnu:$work/root/lib/x86_64-linux-gnu
unshare --user --map-root-user --net bash in-a-namespace.sh \
  "$libraries:$work/root/usr/lib/x86_64-linux-gnu/netsniff-ng"
