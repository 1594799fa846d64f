#!/usr/bin/env bash
# nstat subtracts one network namespace's counters from another's.
# Pinned: iproute2 6.1.0-3 (nstat, Debian 12); any Python 3; needs user namespaces or root. The
#   counters are the kernel's, seen with 6.18.
# One would guess: nstat shows what was counted since it last ran here. A namespace that it has not
#   run in has no history, so its counters come out whole, as in the first one.
# What happens: the history is a file per user in /tmp, and namespaces share it. In a second
#   namespace the first one's counters are taken off. What is larger here comes out too small, and
#   nothing says so; what is smaller is 0 "(overflow)", whatever happened.
# Seen 2026-11-28, namespaces in which 1000, 100 and 3000 datagrams were sent, nstat in each:
#   UdpOutDatagrams 1000, 0 (overflow) and 2900; with a history file each, in NSTAT_HISTORY, 1000,
#   100 and 3000.
# Why it matters: emulated hosts are namespaces of one machine, in Mininet for one. Each host's
#   traffic is the difference to the host that was asked before it.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get -qq -o APT::Sandbox::User=root download iproute2=6.1.0-3 || exit 2
dpkg-deb -x ./*.deb root
nstat=$(find root -path '*bin/nstat')

cat > send.py << 'PROGRAM'
import socket
import sys

receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
receiver.bind(("127.0.0.1", 0))
for _ in range(int(sys.argv[1])):
    receiver.sendto(b"x", receiver.getsockname())
PROGRAM
cat > host.sh << 'PROGRAM'
ip link set lo up || exit 2
python3 send.py "$2" || exit 2
echo "$2 sent: $("$1" -z UdpOutDatagrams | sed -nE 's/^UdpOutDatagrams +([0-9]+) +\S+/\1/p')"
PROGRAM

# Prints what nstat says in a namespace of its own, with that file as its history, of so many sent.
host() {
  NSTAT_HISTORY=$work/$1 unshare --user --map-root-user --net bash host.sh "$nstat" "$2" || exit 2
}
{
  echo "one history, as by default:"
  for count in 1000 100 3000; do host shared "$count"; done
  echo "a history each:"
  for count in 1000 100 3000; do host "$count" "$count"; done
} | tee seen.txt
diff seen.txt - <<'STATED'
one history, as by default:
1000 sent: 1000
100 sent: 0 (overflow)
3000 sent: 2900
a history each:
1000 sent: 1000
100 sent: 100
3000 sent: 3000
STATED
