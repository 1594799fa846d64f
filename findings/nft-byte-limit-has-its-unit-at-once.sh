#!/usr/bin/env bash
# nftables' limit of 1 megabyte a minute with a burst of 10 kilobytes lets 1,059 KB through at once.
# Pinned: nftables 1.0.6-2+deb12u2 with the libraries it depends on (Debian 12); any Python 3; the
#   kernel is the machine's, seen on Linux 6.18; needs user namespaces or root.
# One would guess: "burst" is what may pass at once, as in a token bucket of tc and in nftables' own
#   limit of packets: 10 KB here, and then 17 KB a second.
# What happens: with a rate in bytes the bucket holds the burst and the rate's whole amount, and is
#   full at the start and after a pause: a second's worth at "/second", a minute's at "/minute". The
#   listing shows the burst as it was given.
# Seen 2026-12-01, 3,000 packets of 1,000 bytes within 0.1 s: of 1000/minute burst 10 packets 10
#   pass, of 1 mbytes/minute burst 10 kbytes 1,059, of 1 mbytes/second with that burst some 1,100.
# Why it matters: as a policer of a rate it has another bucket than the one that was set. Transfers
#   up to a second's worth are not limited at all, and the queue behind it gets them in one burst.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir partial
touch nothing-installed
apt-get -qq -y --download-only --no-install-recommends -o APT::Sandbox::User=root \
  -o Debug::NoLocking=1 -o Dir::State::status="$work/nothing-installed" \
  -o Dir::Cache::archives="$work" \
  install nftables=1.0.6-2+deb12u2 > /dev/null || exit 2
rm libc6_*.deb
for package in ./*.deb; do dpkg-deb -x "$package" root; done

cat > probe.py << 'PROBE'
import socket
import time

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 9000))
receiver.setblocking(False)
sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
passed, start = 0, time.monotonic()
for _ in range(3000):
    sender.sendto(bytes(972), ("127.0.0.1", 9000))
    try:
        receiver.recv(2000)
        passed += 1
    except BlockingIOError:
        pass
print(passed, f"of 3000 packets in {time.monotonic() - start:.2f} s")
PROBE

cat > in-a-namespace.sh << 'PROBE'
libraries=root/usr/lib/x86_64-linux-gnu:root/lib/x86_64-linux-gnu
nft() { LD_LIBRARY_PATH=$libraries root/usr/sbin/nft "$@"; }
ip link set lo up
for limit in "1000/minute burst 10 packets" "1 mbytes/minute burst 10 kbytes" \
  "1 mbytes/second burst 10 kbytes"; do
  nft flush ruleset
  nft add table ip t
  nft "add chain ip t c { type filter hook input priority 0; }"
  nft "add rule ip t c udp dport 9000 limit rate over $limit drop" || exit 2
  nft list ruleset | grep --quiet "rate over $limit drop" || exit 2
  echo "$limit: $(python3 probe.py)"
done
PROBE
unshare --user --map-root-user --net true || exit 2
echo "Linux $(uname -r)"
unshare --user --map-root-user --net bash in-a-namespace.sh > seen.txt || exit 2
cat seen.txt
awk -F ': ' '{ passed[NR] = $2 + 0 }
  END {
    packets = passed[1] >= 10 && passed[1] <= 30
    minute = passed[2] >= 1058 && passed[2] <= 1100
    second = passed[3] >= 1058
    exit packets && minute && second ? 0 : 1
  }' seen.txt
